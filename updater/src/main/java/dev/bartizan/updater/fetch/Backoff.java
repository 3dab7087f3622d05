// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.fetch;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Pauses that double up to a cap, each shortened by up to half at random so that no fleet marches
 * in step.
 */
final class Backoff {
  private final FetchPolicy policy;
  private final RandomGenerator random;
  private int failures;

  Backoff(FetchPolicy policy, RandomGenerator random) {
    this.policy = policy;
    this.random = random;
  }

  /** Counts a failure; false when it was the last one that the policy allows. */
  boolean mayTryAgain() {
    failures++;
    return failures < policy.attempts();
  }

  /** What to wait after the failure just counted. */
  Duration pause() {
    long longest = policy.longestPause().toMillis();
    // A shift by 30 is past any sensible cap and still far from overflow.
    long doubled = policy.firstPause().toMillis() << Math.min(failures - 1, 30);
    long pause = doubled <= 0 ? longest : Math.min(doubled, longest);
    return Duration.ofMillis(pause - random.nextLong(pause / 2 + 1));
  }

  /** Real progress was made: what failed before no longer counts. */
  void forget() {
    failures = 0;
  }
}
