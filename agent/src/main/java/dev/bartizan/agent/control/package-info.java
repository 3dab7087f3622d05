// SPDX-License-Identifier: Apache-2.0
/**
 * How {@code bartizan} commands reach the running daemon: a few routes on a socket of the agent's
 * own user.
 */
@NullMarked
package dev.bartizan.agent.control;

import org.jspecify.annotations.NullMarked;
