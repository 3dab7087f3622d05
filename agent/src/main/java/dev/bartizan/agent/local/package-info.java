// SPDX-License-Identifier: Apache-2.0
/**
 * What people and applications on this machine may ask of the daemon: two sockets, and the answers.
 *
 * <p>{@link dev.bartizan.agent.local.Local} wires it. What is known is answered at once; what
 * decides is left to the loop's thread; what servers are asked for, the worker waits for.
 */
@NullMarked
package dev.bartizan.agent.local;

import org.jspecify.annotations.NullMarked;
