// SPDX-License-Identifier: Apache-2.0
/**
 * Values and proofs: everything that is signed, encrypted or measured.
 *
 * <p>This package holds the words the rest is written in: {@link dev.bartizan.crypto.Bytes}, {@link
 * dev.bartizan.crypto.Digest}, {@link dev.bartizan.crypto.SecretBytes} and the root of all
 * refusals. Nothing below it starts a thread, reads the clock or the environment, or knows about
 * updates.
 *
 * <p>Guarantees: a {@code Digest} has the length of its algorithm; a {@code SecretBytes} never
 * shows its content in {@code toString} and is zero after {@code close}. Not guaranteed: that the
 * virtual machine never copied a secret that passed through a heap array on its way.
 */
@NullMarked
package dev.bartizan.crypto;

import org.jspecify.annotations.NullMarked;
