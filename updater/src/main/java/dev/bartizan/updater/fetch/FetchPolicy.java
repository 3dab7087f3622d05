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
 * @param restartAllowed whether a server that cannot resume may cost the bytes already there
 */
public record FetchPolicy(
    int attempts,
    Duration firstPause,
    Duration longestPause,
    long slowest,
    Duration window,
    boolean restartAllowed) {

  /** Eight attempts within some ten minutes, 1 KiB/s over a minute, never twice the same byte. */
  public static final FetchPolicy DEFAULT =
      new FetchPolicy(
          8, Duration.ofSeconds(1), Duration.ofMinutes(5), 1024, Duration.ofMinutes(1), false);

  public FetchPolicy {
    if (attempts < 1 || slowest < 0) {
      throw new IllegalArgumentException("attempts " + attempts + ", slowest " + slowest);
    }
    if (!isPositive(firstPause) || longestPause.compareTo(firstPause) < 0 || !isPositive(window)) {
      throw new IllegalArgumentException("pauses and the window must be positive and in order");
    }
  }

  private static boolean isPositive(Duration duration) {
    return !duration.isZero() && !duration.isNegative();
  }
}
