// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.update;

/**
 * How likely chance alone would have it: the calculation behind each guard. Pure.
 *
 * <p>A good release is rolled back by a guard with a probability of at most {@link #RATE}, stated
 * here and nowhere else. Each guard counts, among {@code n} runs of work that is the same for both
 * versions or was chosen by the release's author, those that went against the release, and asks for
 * the probability that a release just at its limit has as many or more: the upper tail of a
 * binomial distribution. Only when that is below the rate it is the release and not chance.
 */
final class FalseAlarm {
  /** One good release in a thousand, for each guard. */
  static final double RATE = 0.001;

  private FalseAlarm() {}

  /** The probability of {@code hits} or more among {@code runs}, each with {@code chance}. */
  static double probability(int runs, int hits, double chance) {
    if (hits <= 0 || chance >= 1) {
      return 1;
    }
    if (chance <= 0) {
      return 0;
    }
    double tail = 0;
    double ways = 0; // The logarithm of the number of ways to choose.
    for (int i = 0; i <= runs; i++) {
      if (i >= hits) {
        tail += Math.exp(ways + i * Math.log(chance) + (runs - i) * Math.log1p(-chance));
      }
      ways += Math.log(runs - i) - Math.log(i + 1.0);
    }
    return Math.min(1, tail);
  }
}
