// SPDX-License-Identifier: Apache-2.0
/**
 * From an installed release to weights in memory.
 *
 * <p>Guarantees: weights are handed out only after their content key was unwrapped by the keystore
 * in the boot state it is bound to, every chunk's tag and every shard's digest were right, and the
 * model was measured. Keys and weights are in memory that is handed in for them, and zero after
 * {@code close}.
 *
 * <p>Not guaranteed: that root on a running device cannot read weights; the runtime's own copy is
 * its own. On its way a chunk passes the heap, in arrays that are wiped.
 */
@NullMarked
package dev.bartizan.agent.models;

import org.jspecify.annotations.NullMarked;
