// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.fetch;

import java.time.Duration;

/**
 * What one exchange with a server may take. Without it a peer that sends a byte every few seconds
 * has whoever asked it wait for as long as it likes.
 *
 * @param silence how long nothing may come: before the answer begins, and between bytes
 * @param grace before the rate is judged: a link that has to wake up is not slow
 * @param total after which the exchange has failed, however fast it was
 * @param slowest fewest bytes per second, averaged since the answer began
 */
public record Pace(Duration silence, Duration grace, Duration total, long slowest) {
  /** Twenty seconds of silence, two minutes in all, 1 KiB/s after the first ten seconds. */
  public static final Pace DEFAULT =
      new Pace(Duration.ofSeconds(20), Duration.ofSeconds(10), Duration.ofMinutes(2), 1024);

  public Pace {
    boolean ordered = grace.compareTo(total) <= 0 && !silence.isNegative() && !silence.isZero();
    if (!ordered || grace.isNegative() || slowest < 0) {
      throw new IllegalArgumentException("a pace is positive, and its grace within its total");
    }
  }

  /** The same, and over after {@code left} at the latest. */
  Pace atMost(Duration left) {
    if (left.compareTo(total) >= 0) {
      return this;
    }
    return new Pace(silence, left.compareTo(grace) < 0 ? left : grace, left, slowest);
  }

  /** All times divided by {@code factor}, and the rate multiplied: for a life in fast motion. */
  public Pace faster(int factor) {
    return new Pace(
        silence.dividedBy(factor),
        grace.dividedBy(factor),
        total.dividedBy(factor),
        Math.multiplyExact(slowest, factor));
  }
}
