// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.update;

import java.util.Optional;

/**
 * Whether a release is slower than the version it is to replace: the same inputs on both, in pairs,
 * before any client meets it. So what clients ask, and how much at once, is no part of it. Pure.
 *
 * <p>A sign test. Were the release exactly at its limit, half of the pairs would exceed it; more do
 * by chance, as {@link FalseAlarm} calculates. Of {@link #PAIRS} pairs at least 24 have to, which
 * happens to a release at its limit seven times in ten thousand, and to a better one more seldom.
 */
final class SideBySide {
  /** How many pairs are run, if time allows. */
  static final int PAIRS = 30;

  /** Fewer say nothing: even if all of them exceeded the limit, chance might have done it. */
  static final int LEAST = 10;

  private final long percent;
  private int pairs;
  private int exceeded;

  /**
   * @param percent how long the release may take, of the time of the version before
   */
  SideBySide(long percent) {
    this.percent = percent;
  }

  /** One input, on both. */
  void pair(long beforeNanos, long nowNanos) {
    pairs++;
    // In doubles: a limit from outside times a time must not overflow.
    if ((double) nowNanos * 100 > (double) Math.max(1, beforeNanos) * percent) {
      exceeded++;
    }
  }

  int pairs() {
    return pairs;
  }

  /** Why the release is too slow, if it is. */
  Optional<String> fault() {
    boolean isSlow =
        pairs >= LEAST && FalseAlarm.probability(pairs, exceeded, 0.5) <= FalseAlarm.RATE;
    return isSlow
        ? Optional.of(
            "LATENCY: more than "
                + percent
                + " % of the time before, in "
                + exceeded
                + " of "
                + pairs
                + " runs of the same inputs")
        : Optional.empty();
  }
}
