// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.fetch;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** Counts the failures of one task, and says how long to wait after each. */
final class Backoff {
  private final FetchPolicy policy;
  private final DoublingPause pauses;
  private final RandomGenerator random;
  private int failures;

  Backoff(FetchPolicy policy, RandomGenerator random) {
    this.policy = policy;
    this.pauses = new DoublingPause(policy.firstPause(), policy.longestPause());
    this.random = random;
  }

  /** Counts a failure; false when it was the last one that the policy allows. */
  boolean mayTryAgain() {
    failures++;
    return failures < policy.attempts();
  }

  /** What to wait after the failure just counted. */
  Duration pause() {
    return pauses.after(failures, random);
  }

  /** Real progress was made: what failed before no longer counts. */
  void forget() {
    failures = 0;
  }
}
