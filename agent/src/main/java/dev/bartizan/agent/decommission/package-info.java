// SPDX-License-Identifier: Apache-2.0
/**
 * The end of a device's life in its fleet: what an accepted {@code decommission} command does, in
 * the place of the daemon.
 *
 * <p>Guarantees: nothing is destroyed but upon a command that the policy's key has signed for this
 * very device, verified anew at each start; what was begun is finished, whenever the power goes;
 * the fleet is told while there is still a key to tell it by. Not guaranteed: that it hears it; and
 * that an identity key in a TPM, of which somebody has copied the blob before, is dead: that is why
 * the server trusts the device no longer.
 */
@NullMarked
package dev.bartizan.agent.decommission;

import org.jspecify.annotations.NullMarked;
