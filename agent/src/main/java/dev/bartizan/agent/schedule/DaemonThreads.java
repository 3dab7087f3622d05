// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.schedule;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** The two threads that work: the loop, which decides, and the worker, which waits for peers. */
public final class DaemonThreads implements AutoCloseable {
  private final DaemonHealth health;
  private final Schedule schedule;
  private final EventLoop loop;
  private final Worker worker;

  /**
   * @param thread the worker's: does one thing at a time; closed with this
   * @param nanoTime monotonic
   */
  public DaemonThreads(ExecutorService thread, LongSupplier nanoTime) {
    this.health = new DaemonHealth(nanoTime);
    this.schedule = new Schedule(health);
    this.loop = new EventLoop(health.of(Part.LOCAL));
    this.worker = new Worker(thread, health, loop::wake);
  }

  /** How each part of the daemon is, whichever thread works for it. */
  public DaemonHealth health() {
    return health;
  }

  public EventLoop loop() {
    return loop;
  }

  public Worker worker() {
    return worker;
  }

  /** The loop's tasks. */
  public Schedule schedule() {
    return schedule;
  }

  /**
   * Beats every {@code pause} while every part lives.
   *
   * @param beat tells the service manager that the daemon lives
   * @param missed hears which of them are stuck
   */
  public Metronome beat(Duration pause, Runnable beat, Consumer<String> missed) {
    Heartbeat heartbeat = new Heartbeat(health, beat, missed);
    return Metronome.start(pause, heartbeat::beatIfAlive);
  }

  @Override
  public void close() {
    worker.close();
  }
}
