// SPDX-License-Identifier: Apache-2.0
/**
 * The way to the fleet: commands in, events, answers and evidence out.
 *
 * <p>{@link dev.bartizan.agent.uplink.Uplink} wires it. Below it: {@link dev.bartizan.agent.mqtt}
 * carries, {@link dev.bartizan.agent.command} decides which commands are obeyed, {@link
 * dev.bartizan.agent.report} says what there is to say, {@link dev.bartizan.agent.identity} is who
 * says it.
 *
 * <p>Guarantees: nobody waits for the link; what could not be sent waits on disk; a command is
 * executed once, by the loop's thread, and only under a policy that lets its key give it.
 */
@NullMarked
package dev.bartizan.agent.uplink;

import org.jspecify.annotations.NullMarked;
