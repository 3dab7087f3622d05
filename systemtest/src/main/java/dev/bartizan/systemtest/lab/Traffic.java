// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.lab;

import dev.bartizan.agent.serve.http.Answer;
import dev.bartizan.crypto.TouchesTheWorld;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * An application that asks for one inference after the other, and counts. It leaves the processor
 * to others in between: a device that is just being started would wait for it.
 */
@TouchesTheWorld("a thread that talks to the device's socket")
public final class Traffic {
  private static final long BETWEEN_NANOS = 1_000_000;

  /** While nobody listens there is nothing to be had by asking at once. */
  private static final long AFTER_LOSS_NANOS = 20_000_000;

  private final TestDevice device;
  private final String model;
  private final byte[] request;
  private final AtomicLong answered = new AtomicLong();
  private final AtomicLong lost = new AtomicLong();
  private final Thread thread = new Thread(this::run, "traffic");
  private volatile String firstLoss = "";
  private volatile boolean stopped;

  private Traffic(TestDevice device, String model, byte[] request) {
    this.device = device;
    this.model = model;
    this.request = request;
  }

  public static Traffic start(TestDevice device, String model, byte[] request) {
    Traffic traffic = new Traffic(device, model, request);
    traffic.thread.start();
    return traffic;
  }

  public long answered() {
    return answered.get();
  }

  /** Requests that got no answer, or another than an inference. */
  public long lost() {
    return lost.get();
  }

  public String firstLoss() {
    return firstLoss;
  }

  private void run() {
    while (!stopped) {
      try {
        Answer answer = device.inference(model, request);
        if (answer.status() == 200) {
          answered.incrementAndGet();
          LockSupport.parkNanos(BETWEEN_NANOS);
        } else {
          lose(answer.status() + " " + StandardCharsets.UTF_8.decode(answer.body()));
        }
      } catch (IOException noAnswer) {
        lose(String.valueOf(noAnswer.getMessage()));
      }
    }
  }

  private void lose(String why) {
    if (lost.getAndIncrement() == 0) {
      firstLoss = why;
    }
    LockSupport.parkNanos(AFTER_LOSS_NANOS);
  }

  /** Stops after the request under way. */
  public void stop() throws InterruptedException {
    stopped = true;
    thread.join();
  }
}
