// SPDX-License-Identifier: Apache-2.0
/**
 * The author's keys, and what is signed with them.
 *
 * <p>A key ring is a directory with one PEM file per key, {@code models-1.pem}: the private key as
 * PKCS#8, then the public key, both readable by OpenSSL. With a passphrase the private key is
 * encrypted (PBES2: PBKDF2 with HMAC-SHA-512, AES-256-CBC); without one, only the file's mode
 * (0600) protects it. Of a key in a PKCS#11 token the ring has the public half alone, {@code
 * models-1.pub}, and {@code token.json} says where the token is.
 *
 * <p>Guarantees: a private key is decrypted only when it signs; it never appears in a message or a
 * {@code toString}. One in the token is made there and is not extractable; a PIN that was refused
 * is not tried again; a signature is checked against the public half before it is believed. Not
 * guaranteed: protection from who can read this process. Keys of roles that sign rarely (root,
 * targets) belong on a stick in a drawer: a ring may lack keys, and says which it would have
 * needed.
 */
@NullMarked
package dev.bartizan.author.keys;

import org.jspecify.annotations.NullMarked;
