// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.fetch;

import dev.bartizan.updater.fetch.FetchRefusal.Reason;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * What several exchanges may take together. Each has its own {@link Pace}; a server that keeps to
 * it, and has ever more to be asked for, would still hold up whoever asks for as long as it likes.
 */
public final class Allowance {
  private final LongSupplier nanoTime;
  private final Duration total;
  private final long start;

  /**
   * Begins now.
   *
   * @param nanoTime monotonic
   */
  public Allowance(LongSupplier nanoTime, Duration total) {
    this.nanoTime = nanoTime;
    this.total = total;
    this.start = nanoTime.getAsLong();
  }

  /**
   * The pace of the next exchange: it ends when all of them have to.
   *
   * @throws FetchRefusal SLOW when that is now
   */
  Pace within(String path, Pace pace) throws FetchRefusal {
    Duration left = total.minusNanos(nanoTime.getAsLong() - start);
    if (left.isNegative() || left.isZero()) {
      throw new FetchRefusal(
          Reason.SLOW, path, "not asked for: those before took " + total.toSeconds() + " s");
    }
    return pace.atMost(left);
  }
}
