// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.world;

import java.util.concurrent.ExecutorService;
import java.util.function.Function;

/**
 * Who does what goes side by side.
 *
 * @param pool {@code cores} at once, and one more that waits
 * @param thread a new thread of that name, which does one thing at a time
 */
public record Workers(ExecutorService pool, int cores, Function<String, ExecutorService> thread) {}
