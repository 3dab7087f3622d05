// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.schedule;

import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * Whether one part of the daemon lives: whoever works for it says when that begins and how long it
 * may take without a sign of progress. Thread-safe: several may work for it at once, on whatever
 * threads, and another one looks.
 */
public final class Health {
  /** Nothing to be seen. */
  public static final String GOOD = "good";

  /** It has not shown a sign yet. */
  public static final String UNKNOWN = "unknown";

  private final Part part;
  private final LongSupplier nanoTime;
  private final Set<Activity> underWay = ConcurrentHashMap.newKeySet();
  private volatile boolean hasShownASign;

  /**
   * @param nanoTime monotonic: a clock that is set must not make a part look dead
   */
  public Health(Part part, LongSupplier nanoTime) {
    this.part = part;
    this.nanoTime = nanoTime;
  }

  public Part part() {
    return part;
  }

  /**
   * Work begins that shows progress within {@code deadline} each time, or is stuck. Waiting for
   * more is no work, and may last.
   */
  public Activity begin(String name, Duration deadline) {
    Activity activity = new Activity(name, deadline);
    underWay.add(activity);
    return activity;
  }

  /** Some work, until it is closed. */
  public final class Activity implements AutoCloseable {
    private final String name;
    private final Duration deadline;
    private volatile long lastSign = nanoTime.getAsLong();

    private Activity(String name, Duration deadline) {
      this.name = name;
      this.deadline = deadline;
    }

    /** The work goes on: its deadline counts anew. */
    public void progress() {
      lastSign = nanoTime.getAsLong();
      hasShownASign = true;
    }

    /** The work has ended. */
    @Override
    public void close() {
      underWay.remove(this);
      hasShownASign = true;
    }

    private Duration silence() {
      return Duration.ofNanos(nanoTime.getAsLong() - lastSign);
    }

    private boolean isStuck() {
      return silence().compareTo(deadline) > 0;
    }

    @Override
    public String toString() {
      return name + " shows no progress for " + silence().toSeconds() + " s";
    }
  }

  /** What has shown no progress for too long, if anything: the most silent of it. */
  public Optional<String> stuck() {
    return underWay.stream()
        .filter(Activity::isStuck)
        .max(Comparator.comparing(Activity::silence))
        .map(Activity::toString);
  }

  /** For people and programs: {@link #GOOD}, {@link #UNKNOWN}, or what is stuck. */
  public String text() {
    return stuck().map(it -> "stuck: " + it).orElse(hasShownASign ? GOOD : UNKNOWN);
  }
}
