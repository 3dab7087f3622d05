// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.fetch;

import java.time.Duration;
import java.time.InstantSource;

/** Takes bytes no faster than allowed, by reading late: the network follows. */
final class RateLimiter {
  private static final long MILLIS_PER_SECOND = 1000;

  /** Longer than this nothing is owed: a clock that jumped must not stop a download. */
  private static final long LONGEST_MILLIS = 1000;

  private final InstantSource clock;
  private final Pause pause;
  private final long bytesPerSecond;
  private long start;
  private long taken;

  /**
   * @param bytesPerSecond 0 for no limit
   */
  RateLimiter(InstantSource clock, Pause pause, long bytesPerSecond) {
    this.clock = clock;
    this.pause = pause;
    this.bytesPerSecond = bytesPerSecond;
    this.start = clock.millis();
  }

  /** Waits until {@code bytes} more were due. */
  void count(long bytes) throws InterruptedException {
    if (bytesPerSecond == 0) {
      return;
    }
    taken += bytes;
    long early = taken * MILLIS_PER_SECOND / bytesPerSecond - (clock.millis() - start);
    if (early > 0) {
      pause.await(Duration.ofMillis(Math.min(early, LONGEST_MILLIS)));
    }
    if (taken >= bytesPerSecond) {
      // A new second: what was not used is not saved up for a burst.
      start = clock.millis();
      taken = 0;
    }
  }
}
