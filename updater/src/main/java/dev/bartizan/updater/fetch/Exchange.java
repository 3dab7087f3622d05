// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.fetch;

import dev.bartizan.updater.fetch.FetchRefusal.Reason;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * One small answer, read whole: no longer than it may be, no slower than it may be, and not beyond
 * its deadline. That runs from the request on, so make it before you ask; the rate is judged from
 * when the answer begins, since a server may have something to do before it has one.
 */
public final class Exchange {
  private static final int CHUNK = 16 * 1024;
  private static final long NANOS_PER_SECOND = Duration.ofSeconds(1).toNanos();

  private final LongSupplier nanoTime;
  private final Pace pace;
  private final long start;

  /**
   * @param nanoTime monotonic: a clock that is set makes nobody slow
   */
  public Exchange(LongSupplier nanoTime, Pace pace) {
    this.nanoTime = nanoTime;
    this.pace = pace;
    this.start = nanoTime.getAsLong();
  }

  /**
   * Reads {@code body} to its end.
   *
   * @param path for people: what was asked for
   * @throws FetchRefusal TOO_LONG past {@code limit} bytes, SLOW past the pace
   */
  public byte[] read(String path, int limit, InputStream body) throws IOException, FetchRefusal {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    byte[] chunk = new byte[CHUNK];
    long begin = nanoTime.getAsLong();
    for (int count = body.read(chunk); count >= 0; count = body.read(chunk)) {
      if (count > limit - content.size()) {
        throw new FetchRefusal(Reason.TOO_LONG, path, "more than " + limit + " bytes");
      }
      content.write(chunk, 0, count);
      requirePace(path, content.size(), begin);
    }
    return content.toByteArray();
  }

  private void requirePace(String path, long received, long begin) throws FetchRefusal {
    long now = nanoTime.getAsLong();
    long taken = now - begin;
    boolean late = now - start > pace.total().toNanos();
    // Divided before it is multiplied: the product of a long time and a rate has to fit.
    boolean slow =
        taken > pace.grace().toNanos() && received < taken / NANOS_PER_SECOND * pace.slowest();
    if (late) {
      throw new FetchRefusal(
          Reason.SLOW, path, "is not all here after " + pace.total().toSeconds() + " s");
    }
    if (slow) {
      throw new FetchRefusal(
          Reason.SLOW, path, received + " bytes in " + taken / NANOS_PER_SECOND + " s");
    }
  }
}
