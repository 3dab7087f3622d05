// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.schedule;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** A thread of its own for the beat, so that nobody's work delays it. */
public final class Metronome implements AutoCloseable {
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          work -> {
            Thread beat = new Thread(work, "heartbeat");
            beat.setDaemon(true);
            return beat;
          });

  private Metronome() {}

  /** Calls {@code beat} now and every {@code pause}. One that throws is the last. */
  public static Metronome start(Duration pause, Runnable beat) {
    Metronome metronome = new Metronome();
    var unused =
        metronome.thread.scheduleAtFixedRate(beat, 0, pause.toNanos(), TimeUnit.NANOSECONDS);
    return metronome;
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
