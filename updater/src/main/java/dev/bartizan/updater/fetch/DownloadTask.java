// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.fetch;

import dev.bartizan.crypto.Refusal;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;

/** One file on its way, between two attempts: whom to ask next, when, and for how much. */
final class DownloadTask {
  private static final long SMALLEST_WINDOW = 64 * 1024;
  private static final long FIRST_WINDOW = 1 << 20;
  private static final long LARGEST_WINDOW = 64 << 20;
  private static final Duration BRISK = Duration.ofSeconds(2);
  private static final Duration LONG = Duration.ofSeconds(6);

  private final String path;
  private final long length;
  private final MirrorFailover<Refusal> mirrors;
  private final Backoff backoff;
  private MinimumRate rate;
  private Instant notBefore = Instant.MIN;
  private String why = "";
  private long window = FIRST_WINDOW;
  private long end;
  private boolean part;
  private Instant until = Instant.MAX;

  DownloadTask(
      String path,
      long length,
      MirrorFailover<Refusal> mirrors,
      Backoff backoff,
      MinimumRate rate) {
    this.path = path;
    this.length = length;
    this.end = length;
    this.mirrors = mirrors;
    this.backoff = backoff;
    this.rate = rate;
  }

  String path() {
    return path;
  }

  long length() {
    return length;
  }

  /** Where what is wanted now ends; beyond it only the file itself may be complete. */
  long end() {
    return end;
  }

  /** Whether what comes before the present end is had by other means. */
  boolean isPart() {
    return part;
  }

  DownloadTask upTo(long position) {
    end = position;
    part = true;
    return this;
  }

  /** When the caller wants to look around: an answer that still comes then is asked for anew. */
  void hold(Instant end) {
    until = end;
  }

  boolean isOver(Instant now) {
    return now.isAfter(until);
  }

  MirrorFailover<Refusal> mirrors() {
    return mirrors;
  }

  Backoff backoff() {
    return backoff;
  }

  MinimumRate rate() {
    return rate;
  }

  /** A new attempt is judged by its own rate. */
  void measureAnew(MinimumRate fresh) {
    rate = fresh;
  }

  long window() {
    return window;
  }

  /** The next request is for about as much as comes in a few seconds. */
  void took(Duration time) {
    if (time.compareTo(BRISK) < 0) {
      window = Math.min(window * 2, LARGEST_WINDOW);
    } else if (time.compareTo(LONG) > 0) {
      window = Math.max(window / 2, SMALLEST_WINDOW);
    }
  }

  void waitUntil(Instant then, String reason) {
    notBefore = then;
    why = reason;
  }

  /**
   * Insists that the pause after a failure is over.
   *
   * @param longest no pause is longer: a clock that was put back must not make it one
   * @throws IOException when it is not
   */
  void requireTurn(Instant now, Duration longest) throws IOException {
    if (now.isBefore(notBefore) && now.plus(longest.multipliedBy(2)).isAfter(notBefore)) {
      throw new IOException(why);
    }
  }
}
