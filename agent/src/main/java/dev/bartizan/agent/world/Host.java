// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.world;

import dev.bartizan.agent.system.ServiceManager;
import dev.bartizan.updater.software.Installation;
import dev.bartizan.updater.software.Slot;
import java.security.SecureRandom;
import java.util.Optional;

/**
 * The process and its machine, as the command line hands them in.
 *
 * @param slot which version of the agent this is, when it was started by a launcher that would
 *     start another
 */
public record Host(
    Installation installation,
    Optional<Slot> slot,
    Time time,
    SecureRandom random,
    ServiceManager manager,
    Workers workers) {}
