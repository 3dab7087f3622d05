// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.schedule;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
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
   * For errands that ask servers, which are given up in a fraction of it; or hash and write what
   * has come, some gigabytes at a time.
   */
  public static final Duration SILENCE = Duration.ofMinutes(15);

  private static final Duration STOP = Duration.ofSeconds(10);

  private final ExecutorService thread;
  private final Pulse pulse;
  private final Runnable done;
  private final AtomicInteger inHand = new AtomicInteger();
  private final Set<BackgroundTask<?>> open = ConcurrentHashMap.newKeySet();
  private volatile @Nullable Thread busy;

  /**
   * @param thread does one thing at a time; closed with this worker
   * @param done called after each errand, from the worker's thread
   */
  public Worker(ExecutorService thread, Pulse pulse, Runnable done) {
    this.thread = thread;
    this.pulse = pulse;
    this.done = done;
  }

  /** Gives an errand that may show no progress for as long as {@link #SILENCE}. */
  public <T> BackgroundTask<T> submit(String name, BackgroundTask.Work<T> work) {
    return submit(name, SILENCE, work);
  }

  /**
   * Gives an errand.
   *
   * @param deadline how long it may show no progress; peers have deadlines of their own, far below
   */
  public <T> BackgroundTask<T> submit(String name, Duration deadline, BackgroundTask.Work<T> work) {
    BackgroundTask<T> errand = new BackgroundTask<>();
    open.add(errand);
    inHand.incrementAndGet();
    try {
      thread.execute(() -> run(name, deadline, errand, work));
    } catch (RejectedExecutionException stopping) {
      inHand.decrementAndGet();
      open.remove(errand);
      errand.giveUp();
    }
    return errand;
  }

  private <T> void run(
      String name, Duration deadline, BackgroundTask<T> errand, BackgroundTask.Work<T> work) {
    pulse.begin(name, deadline);
    busy = Thread.currentThread();
    try {
      errand.run(work);
    } finally {
      busy = null;
      pulse.rest();
      open.remove(errand);
      inHand.decrementAndGet();
      done.run();
    }
  }

  /**
   * The errand in hand goes on, says who does it. From any other thread it is not heard: that
   * somebody else lives proves nothing.
   */
  public void progress() {
    if (Thread.currentThread() == busy) {
      pulse.progress();
    }
  }

  /** Whether nothing is being done, and nothing waits to be. */
  public boolean isIdle() {
    return inHand.get() == 0;
  }

  /** The errand in hand is interrupted and those that wait are given up; a while is waited. */
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
