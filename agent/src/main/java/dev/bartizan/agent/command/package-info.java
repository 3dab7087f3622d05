// SPDX-License-Identifier: Apache-2.0
/**
 * Commands from the fleet: taken in, kept, executed at most once.
 *
 * <p>Guarantees: only a command by a key that the signed policy knows, that is for this device and
 * not expired, is kept; it is durable before the broker is told so; only one that the policy lets
 * its key give is executed, the others are answered with a refusal; none is executed twice, not
 * across restarts either, for as long as it could be replayed.
 */
@NullMarked
package dev.bartizan.agent.command;

import org.jspecify.annotations.NullMarked;
