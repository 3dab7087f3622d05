// SPDX-License-Identifier: Apache-2.0
/**
 * The few primitives that a content key passes through, computed in memory that the caller lends:
 * nothing of key, state or schedule is ever on the heap, where a garbage collector copies what it
 * moves and nobody can wipe what it left.
 *
 * <p>Guarantees: the results are those of the standards (compared with the platform's own in
 * tests); all that a computation knew is in the lent memory, and gone when that is wiped.
 *
 * <p>Not guaranteed: that nothing on the heap leads to a content key. The answer of the keystore's
 * key agreement comes there from the TPM's session, the token or the file, is wiped, and may have
 * been copied before; with the envelope from the disk it opens that one release. And: speed (bulk
 * ciphers are {@link dev.bartizan.crypto.envelope.BulkCrypto}'s), and secrecy against who shares
 * the core's cache: AES looks its S-box up. Single words pass through registers and the stack.
 */
@NullMarked
package dev.bartizan.crypto.offheap;

import org.jspecify.annotations.NullMarked;
