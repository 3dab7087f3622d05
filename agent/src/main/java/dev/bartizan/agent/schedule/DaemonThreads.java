// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.schedule;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** The two threads that work: the loop, which decides, and the worker, which waits for peers. */
public final class DaemonThreads implements AutoCloseable {
  private final Pulse loopPulse;
  private final Pulse workerPulse;
  private final EventLoop loop;
  private final Worker worker;

  /**
   * @param thread the worker's: does one thing at a time; closed with this
   * @param nanoTime monotonic
   */
  public DaemonThreads(ExecutorService thread, LongSupplier nanoTime) {
    this.loopPulse = new Pulse("the loop", nanoTime);
    this.workerPulse = new Pulse("the worker", nanoTime);
    this.loop = new EventLoop(loopPulse);
    this.worker = new Worker(thread, workerPulse, loop::wake);
  }

  public EventLoop loop() {
    return loop;
  }

  public Worker worker() {
    return worker;
  }

  /** The loop's tasks, none yet. */
  public Schedule schedule() {
    return new Schedule(loopPulse);
  }

  /**
   * Beats every {@code pause} while both live.
   *
   * @param beat tells the service manager that the daemon lives
   * @param missed hears which of them is stuck
   */
  public Metronome beat(Duration pause, Runnable beat, Consumer<String> missed) {
    Heartbeat heartbeat = new Heartbeat(List.of(loopPulse, workerPulse), beat, missed);
    return Metronome.start(pause, heartbeat::beatIfAlive);
  }

  @Override
  public void close() {
    worker.close();
  }
}
