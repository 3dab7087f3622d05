// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.serve.http;

import java.time.Duration;

/**
 * How slow a client may be, at sending a request or at fetching an answer.
 *
 * @param idle how long a connection without a request is kept, and a request's head may take
 * @param grace how long nobody is asked for any rate
 * @param bytesPerSecond the lowest rate, on the average since the first byte
 * @param deadline what no transfer may take longer than
 */
public record ClientPace(Duration idle, Duration grace, long bytesPerSecond, Duration deadline) {
  /** Applications on this machine write to a socket; this is far below what the slowest does. */
  public static final ClientPace DEFAULT =
      new ClientPace(
          Duration.ofSeconds(30), Duration.ofSeconds(5), 16 << 10, Duration.ofSeconds(120));

  /** Whether a transfer that has come so far after so long is too slow. */
  boolean isTooSlow(long nanos, long bytes) {
    double seconds = nanos / 1e9;
    return nanos > deadline.toNanos()
        || (nanos > grace.toNanos() && bytes < bytesPerSecond * seconds);
  }

  boolean isTooIdle(long nanos) {
    return nanos > idle.toNanos();
  }
}
