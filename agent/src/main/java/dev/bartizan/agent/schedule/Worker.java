// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.schedule;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread for what may take as long as a peer likes. Errands are done one after the other, in
 * the order given; whoever gave one is woken when it is done.
 */
public final class Worker implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Worker.class);

  /**
   * For tasks that ask servers, which are given up in a fraction of it; or hash and write what has
   * come, some gigabytes at a time.
   */
  public static final Duration SILENCE = Duration.ofMinutes(15);

  private static final Duration STOP = Duration.ofSeconds(10);

  private final ExecutorService thread;
  private final DaemonHealth health;
  private final Runnable done;
  private final AtomicInteger inHand = new AtomicInteger();
  private final Set<BackgroundTask<?>> open = ConcurrentHashMap.newKeySet();
  private volatile @Nullable InHand busy;

  /** What is being done, and by whom. */
  private record InHand(Thread thread, Health.Activity activity) {}

  /**
   * @param thread does one thing at a time; closed with this worker
   * @param done called after each task, from the worker's thread
   */
  public Worker(ExecutorService thread, DaemonHealth health, Runnable done) {
    this.thread = thread;
    this.health = health;
    this.done = done;
  }

  /** Gives a task that may show no progress for as long as {@link #SILENCE}. */
  public <T> BackgroundTask<T> submit(Part part, String name, BackgroundTask.Work<T> work) {
    return submit(part, name, SILENCE, work);
  }

  /**
   * Gives a task.
   *
   * @param part for which it is done
   * @param deadline how long it may show no progress; peers have deadlines of their own, far below
   */
  public <T> BackgroundTask<T> submit(
      Part part, String name, Duration deadline, BackgroundTask.Work<T> work) {
    BackgroundTask<T> task = new BackgroundTask<>();
    open.add(task);
    inHand.incrementAndGet();
    try {
      Supplier<Health.Activity> begun = () -> health.of(part).begin(name, deadline);
      thread.execute(() -> run(begun, task, work));
    } catch (RejectedExecutionException stopping) {
      inHand.decrementAndGet();
      open.remove(task);
      task.giveUp();
    }
    return task;
  }

  private <T> void run(
      Supplier<Health.Activity> begun, BackgroundTask<T> task, BackgroundTask.Work<T> work) {
    try (Health.Activity activity = begun.get()) {
      busy = new InHand(Thread.currentThread(), activity);
      task.run(work);
    } finally {
      busy = null;
      open.remove(task);
      inHand.decrementAndGet();
      done.run();
    }
  }

  /**
   * The task in hand goes on, says who does it. From any other thread it is not heard: that
   * somebody else lives proves nothing.
   */
  public void progress() {
    InHand now = busy;
    if (now != null && now.thread() == Thread.currentThread()) {
      now.activity().progress();
    }
  }

  /** Whether nothing is being done, and nothing waits to be. */
  public boolean isIdle() {
    return inHand.get() == 0;
  }

  /** The task in hand is interrupted and those that wait are given up; a while is waited. */
  @Override
  public void close() {
    thread.shutdownNow();
    try {
      boolean ended = thread.awaitTermination(STOP.toMillis(), TimeUnit.MILLISECONDS);
      LOG.debug("the worker has {}ended", ended ? "" : "not ");
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
    }
    open.forEach(BackgroundTask::giveUp);
  }
}
