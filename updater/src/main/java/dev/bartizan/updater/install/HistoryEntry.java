// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.install;

import dev.bartizan.crypto.Digest;
import java.time.Instant;
import java.util.Optional;

/**
 * One step in the life of the device.
 *
 * @param entry its number, from 0
 * @param time by the device's clock, which may have been wrong
 * @param event what happened
 * @param components what was installed from then on, where that changed
 * @param previous the digest of the entry before; zero for the first
 */
public record HistoryEntry(
    long entry,
    Instant time,
    HistoryEvent event,
    Optional<Components> components,
    Digest previous) {}
