// SPDX-License-Identifier: Apache-2.0
/**
 * Certificates and keys as text (RFC 7468), as OpenSSL and everybody else reads and writes them.
 *
 * <p>Guarantees: what is not readable is refused by the name of its file, and the refusal quotes
 * nothing of a private key.
 */
@NullMarked
package dev.bartizan.crypto.pem;

import org.jspecify.annotations.NullMarked;
