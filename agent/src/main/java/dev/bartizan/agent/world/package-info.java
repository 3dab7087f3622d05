// SPDX-License-Identifier: Apache-2.0
/**
 * Everything outside the agent that it works with: the machine it runs on, and what its
 * configuration names there.
 *
 * <p>Guarantees: the five parts of the agent have clock, randomness, disk, network, keystore and
 * threads from here and from nowhere else, so that a test can hand them another world.
 */
@NullMarked
package dev.bartizan.agent.world;

import org.jspecify.annotations.NullMarked;
