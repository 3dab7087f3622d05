// SPDX-License-Identifier: Apache-2.0
/**
 * Looks at a version of the agent in the state directory before anything of it runs. Run by the
 * installed version, which the launcher starts for that.
 *
 * <p>Guarantees: a slot passes only when the journal stands by its release, metadata verified from
 * the pinned root vouches for that, and the slot's directory holds exactly the files that were
 * signed; on a keystore with PCRs it is measured before it passes.
 *
 * <p>Not guaranteed: that the files stay so. A process of the daemon's own user that changes them
 * between check and start is out of scope: it could as well change the process that runs. Nor does
 * the journal, which lies beside the slots, keep a thief from choosing another release that is
 * still signed; each quote says which one ran.
 */
@NullMarked
package dev.bartizan.agent.slot;

import org.jspecify.annotations.NullMarked;
