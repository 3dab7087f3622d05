// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.fetch;

import dev.bartizan.updater.fetch.FetchRefusal.Reason;
import java.time.Duration;
import java.time.InstantSource;

/**
 * Notices slow retrieval: a server that keeps a device busy, and unpatched, by dripping.
 *
 * <p>Judged over whole windows, so that a short stall on a bad link is not an attack.
 */
final class MinimumRate {
  private final InstantSource clock;
  private final long windowMillis;
  private final long bytesPerWindow;

  private long windowStart;
  private long received;

  MinimumRate(InstantSource clock, long slowestPerSecond, Duration window) {
    this.clock = clock;
    this.windowMillis = window.toMillis();
    this.bytesPerWindow = Math.multiplyExact(slowestPerSecond, windowMillis) / 1000;
    this.windowStart = clock.millis();
  }

  /**
   * Counts bytes of {@code path} that just arrived.
   *
   * @throws FetchRefusal SLOW when they end a window in which too few came
   */
  void count(String path, long bytes) throws FetchRefusal {
    received += bytes;
    long now = clock.millis();
    if (now - windowStart < windowMillis) {
      return;
    }
    if (received < bytesPerWindow) {
      throw new FetchRefusal(
          Reason.SLOW, path, received + " bytes in " + (now - windowStart) / 1000 + " s");
    }
    windowStart = now;
    received = 0;
  }
}
