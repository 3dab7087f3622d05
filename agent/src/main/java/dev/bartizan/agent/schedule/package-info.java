// SPDX-License-Identifier: Apache-2.0
/**
 * When the parts of the daemon work, and whether they do.
 *
 * <p>One thread, the loop, owns what the daemon decides by; its tasks ({@link
 * dev.bartizan.agent.schedule.Schedule}) are short and never wait for a peer. What may take as long
 * as somebody else likes is done by a {@link dev.bartizan.agent.schedule.Worker}, which returns a
 * value that the loop takes up in a later turn. Each of the five parts shows by its {@link
 * dev.bartizan.agent.schedule.Health} that it lives, on whichever thread it works, and {@link
 * dev.bartizan.agent.schedule.Heartbeat} tells the service manager only while all of them do.
 *
 * <p>Guarantees: a peer that is slow, silent or gone never keeps the beat from coming; a part that
 * is stuck beyond its deadline stops it. Not guaranteed: that a task keeps to its deadline; nobody
 * can be made to return, only the process be ended.
 *
 * <p>Nothing here reads a clock: it is handed in, so that every time can be tried.
 */
@NullMarked
package dev.bartizan.agent.schedule;

import org.jspecify.annotations.NullMarked;
