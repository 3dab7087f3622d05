// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.schedule;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The tasks of one thread, each with its deadline, all done in each turn in the order in which they
 * were added: every one is short when there is nothing to do, and what one has done may be what the
 * next has waited for. Of one that throws, the tasks behind it wait as it does: who adds them puts
 * what the others rest on first.
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
     * @return how long until there may be more; it may be asked before that
     */
    Duration run() throws IOException, InterruptedException;
  }

  private record Task(Part part, String name, Duration deadline, Work work) {}

  private final List<Task> tasks = new ArrayList<>();
  private final DaemonHealth health;

  /**
   * @param health where each task shows that its part lives
   */
  public Schedule(DaemonHealth health) {
    this.health = health;
  }

  /**
   * Adds a task.
   *
   * @param part whose it is
   * @param deadline how long it may take: the part is taken for stuck after that
   */
  public void add(Part part, String name, Duration deadline, Work work) {
    tasks.add(new Task(part, name, deadline, work));
  }

  /**
   * Takes a turn.
   *
   * @return how long until the next, if nobody wants something before
   * @throws IOException when a task failed; those behind it were not asked
   */
  public Duration turn() throws IOException, InterruptedException {
    Duration pause = Duration.ofDays(1);
    for (Task task : tasks) {
      Health.Activity activity = health.of(task.part()).begin(task.name(), task.deadline());
      try (activity) {
        Duration next = task.work().run();
        pause = next.compareTo(pause) < 0 ? next : pause;
      }
    }
    return pause;
  }
}
