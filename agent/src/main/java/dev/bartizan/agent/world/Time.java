// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.world;

import dev.bartizan.updater.fetch.Pause;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * How time passes.
 *
 * @param clock the machine's, which anybody may set
 * @param nanoTime monotonic
 * @param pause lets it pass between two attempts
 */
public record Time(InstantSource clock, LongSupplier nanoTime, Pause pause) {}
