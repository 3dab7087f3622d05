// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.fetch;

import java.time.Duration;

/**
 * How patient a download is.
 *
 * @param attempts how many failures in a row, without real progress between them, end it; at least
 *     1
 * @param firstPause before the second attempt; doubles with each further one
 * @param longestPause where doubling ends
 * @param slowest fewest bytes per second accepted, averaged over {@code window}
 * @param window over which the rate is judged
 * @param fastest most bytes per second to take, so that a link stays usable for others; 0 for no
 *     limit, else well above {@code slowest}
 * @param slice how long {@link Download#advance} goes on before it lets its caller look around
 * @param restartAllowed whether a server that cannot resume may cost the bytes already there
 */
public record FetchPolicy(
    int attempts,
    Duration firstPause,
    Duration longestPause,
    long slowest,
    Duration window,
    long fastest,
    Duration slice,
    boolean restartAllowed) {

  /** Eight attempts within some ten minutes, 1 KiB/s over a minute, never twice the same byte. */
  public static final FetchPolicy DEFAULT =
      new FetchPolicy(
          8,
          Duration.ofSeconds(1),
          Duration.ofMinutes(5),
          1024,
          Duration.ofMinutes(1),
          0,
          Duration.ofSeconds(10),
          false);

  public FetchPolicy {
    if (attempts < 1 || slowest < 0) {
      throw new IllegalArgumentException("attempts " + attempts + ", slowest " + slowest);
    }
    if (fastest != 0 && fastest < 2 * slowest) {
      throw new IllegalArgumentException(
          "the limit of " + fastest + " bytes per second would look like a slow server");
    }
    if (!isPositive(slice)
        || !isPositive(firstPause)
        || longestPause.compareTo(firstPause) < 0
        || !isPositive(window)) {
      throw new IllegalArgumentException("pauses and the window must be positive and in order");
    }
  }

  /** The same with other limits on the rate. */
  public FetchPolicy withRates(long slowest, long fastest) {
    return new FetchPolicy(
        attempts, firstPause, longestPause, slowest, window, fastest, slice, restartAllowed);
  }

  private static boolean isPositive(Duration duration) {
    return !duration.isZero() && !duration.isNegative();
  }
}
