// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.schedule;

import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Whether one part of the daemon lives: it says when it begins something and how long that may take
 * without a sign of progress. Thread-safe; one thread works, another one looks.
 */
public final class Pulse {
  private final String part;
  private final LongSupplier nanoTime;
  private @Nullable Work work;

  private record Work(String name, Duration deadline, long lastSign) {}

  /**
   * @param part for people: whose pulse it is
   * @param nanoTime monotonic: a clock that is set must not make a part look dead
   */
  public Pulse(String part, LongSupplier nanoTime) {
    this.part = part;
    this.nanoTime = nanoTime;
  }

  /** Work begins that shows progress within {@code deadline} each time, or is stuck. */
  public synchronized void begin(String name, Duration deadline) {
    work = new Work(name, deadline, nanoTime.getAsLong());
  }

  /** The work goes on: its deadline counts anew. */
  public synchronized void progress() {
    if (work != null) {
      work = new Work(work.name(), work.deadline(), nanoTime.getAsLong());
    }
  }

  /** The work has ended. Waiting for more is no work, and may last. */
  public synchronized void rest() {
    work = null;
  }

  /** What has shown no progress for too long, if anything. */
  public synchronized Optional<String> stuck() {
    if (work == null) {
      return Optional.empty();
    }
    Duration silent = Duration.ofNanos(nanoTime.getAsLong() - work.lastSign());
    return silent.compareTo(work.deadline()) <= 0
        ? Optional.empty()
        : Optional.of(
            part + ": " + work.name() + " shows no progress for " + silent.toSeconds() + " s");
  }
}
