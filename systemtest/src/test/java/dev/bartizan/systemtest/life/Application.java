// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.life;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.systemtest.lab.Models;
import dev.bartizan.systemtest.lab.TestDevice;
import java.io.IOException;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** Asks a device's model all the time, and remembers what went wrong. */
final class Application implements AutoCloseable {
  private static final int FEW = 1000;
  private static final int SHOWN = 5;

  private final TestDevice device;
  private final AtomicBoolean over = new AtomicBoolean();
  private final AtomicInteger answered = new AtomicInteger();
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();
  private boolean isNewer;
  private final Thread thread = new Thread(this::ask, "application");

  Application(TestDevice device) {
    this.device = device;
    thread.start();
  }

  private void ask() {
    while (!over.get()) {
      try {
        require(Models.label(device.infer(Models.NAME, Models.sample("pit"))));
        answered.incrementAndGet();
      } catch (IOException | AssertionError failed) {
        failures.add(failed.toString());
      }
    }
  }

  /** Of a pit 1.0.0 says that it is a crack, and 1.1.0 what it is; nothing goes back. */
  private void require(String label) {
    if (label.equals("pit")) {
      isNewer = true;
    }
    assertEquals(isNewer ? "pit" : "crack", label);
  }

  /** Insists that no request failed; how many there were. */
  String requireServed() {
    assertEquals(List.of(), failures.stream().limit(SHOWN).toList());
    assertTrue(answered.get() > FEW, answered + " answers");
    return answered + " requests answered meanwhile, none failed";
  }

  @Override
  public void close() {
    over.set(true);
    try {
      thread.join();
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }
}
