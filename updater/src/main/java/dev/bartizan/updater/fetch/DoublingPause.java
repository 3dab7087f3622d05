// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.fetch;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Pauses that double up to a cap, each shortened by up to half at random so that no fleet marches
 * in step.
 */
public record DoublingPause(Duration first, Duration longest) {
  /** A shift by 30 is past any sensible cap and still far from overflow. */
  private static final int MAX_DOUBLINGS = 30;

  /** The longest that a pause after so many failures, from one on, may be. */
  public Duration cap(int failures) {
    int doublings = Math.min(Math.max(failures, 1) - 1, MAX_DOUBLINGS);
    long doubled = first.toMillis() << doublings;
    boolean isPastCap = doubled < first.toMillis() || doubled > longest.toMillis();
    return isPastCap ? longest : Duration.ofMillis(doubled);
  }

  /** What to wait after so many failures. */
  public Duration after(int failures, RandomGenerator random) {
    long cap = cap(failures).toMillis();
    return Duration.ofMillis(cap - random.nextLong(cap / 2 + 1));
  }
}
