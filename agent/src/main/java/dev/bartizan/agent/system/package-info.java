// SPDX-License-Identifier: Apache-2.0
/**
 * The host the agent runs on: systemd, and the kernel's ways to keep memory to oneself. Thin
 * adapters.
 *
 * <p>Guarantees: no secret is placed in {@link dev.bartizan.agent.system.LockedMemory} before the
 * process has stopped being dumpable; memory that falls short of the configuration is refused, and
 * said where it is accepted.
 *
 * <p>Not guaranteed: anything about memory that others allocate, above all the model runtime's copy
 * of the weights.
 */
@NullMarked
package dev.bartizan.agent.system;

import org.jspecify.annotations.NullMarked;
