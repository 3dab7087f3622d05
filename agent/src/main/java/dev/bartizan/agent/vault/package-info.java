/**
 * From an installed release to weights in memory.
 *
 * <p>Guarantees: weights are handed out only after their content key was unwrapped by the keystore
 * in the boot state it is bound to, every chunk's tag and every shard's digest were right, and the
 * model was measured. They are in memory outside the heap, and zero after {@code close}.
 *
 * <p>Not guaranteed: that root on a running device cannot read them there; the runtime's own copy
 * is its own.
 */
@NullMarked
package dev.bartizan.agent.vault;

import org.jspecify.annotations.NullMarked;
