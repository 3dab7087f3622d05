// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.schedule;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * The tasks of one thread, each with its time and its deadline, done in the order in which they
 * were added. Of one that throws, the tasks behind it wait as it does: who adds them puts what the
 * others rest on first.
 *
 * <p>Not thread-safe: it belongs to the thread that runs it.
 */
public final class Schedule {
  /** Some work, short and never waiting for a peer. */
  @FunctionalInterface
  public interface Work {
    /**
     * Does what there is to do.
     *
     * @return how long until there may be more; a task that is woken is asked before that
     */
    Duration run() throws IOException, InterruptedException;
  }

  /** A task that is due now and again, and whenever somebody wakes the thread. */
  private static final class Task {
    private final String name;
    private final Duration deadline;
    private final Work work;
    private long due;

    Task(String name, Duration deadline, Work work, long due) {
      this.name = name;
      this.deadline = deadline;
      this.work = work;
      this.due = due;
    }
  }

  private final List<Task> tasks = new ArrayList<>();
  private final Pulse pulse;
  private final LongSupplier nanoTime;

  /**
   * @param pulse shows that the thread lives
   * @param nanoTime monotonic
   */
  public Schedule(Pulse pulse, LongSupplier nanoTime) {
    this.pulse = pulse;
    this.nanoTime = nanoTime;
  }

  /**
   * Adds a task that is due at once.
   *
   * @param deadline how long it may take: the thread is taken for stuck after that
   */
  public void add(String name, Duration deadline, Work work) {
    tasks.add(new Task(name, deadline, work, nanoTime.getAsLong()));
  }

  /** Somebody wants something: every task looks, whether its time has come or not. */
  public void wake() {
    long now = nanoTime.getAsLong();
    tasks.forEach(task -> task.due = Math.min(task.due, now));
  }

  /**
   * Does what is due.
   *
   * @return how long until a task is due next
   * @throws IOException when a task failed; it and those behind it are due still
   */
  public Duration run() throws IOException, InterruptedException {
    try {
      for (Task task : tasks) {
        if (task.due - nanoTime.getAsLong() <= 0) {
          pulse.begin(task.name, task.deadline);
          Duration pause = task.work.run();
          task.due = nanoTime.getAsLong() + pause.toNanos();
        }
      }
    } finally {
      pulse.rest();
    }
    return untilNext();
  }

  private Duration untilNext() {
    long now = nanoTime.getAsLong();
    return tasks.stream()
        .map(task -> Duration.ofNanos(Math.max(0, task.due - now)))
        .min(Duration::compareTo)
        .orElseThrow(() -> new IllegalStateException("nothing to do, ever"));
  }
}
