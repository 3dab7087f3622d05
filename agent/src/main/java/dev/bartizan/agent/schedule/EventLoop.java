// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.schedule;

import dev.bartizan.crypto.Refusal;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** The agent's one thread, seen from the others: they leave work for its next turn. */
public final class EventLoop {
  /** Even a look at everything on the device is done by then. */
  private static final Duration DEADLINE = Duration.ofMinutes(30);

  /** Something to be done by the agent's thread. */
  @FunctionalInterface
  public interface Work<T> {
    T run() throws IOException, Refusal, InterruptedException;
  }

  private final LinkedBlockingQueue<Runnable> waiting = new LinkedBlockingQueue<>();
  private final Pulse pulse;
  private volatile boolean stopped;

  /**
   * @param pulse shows that the agent's thread lives
   */
  public EventLoop(Pulse pulse) {
    this.pulse = pulse;
  }

  /** Has {@code work} done in the next turn, and waits for what comes of it. */
  public <T> T call(Work<T> work) throws IOException, Refusal, InterruptedException {
    CompletableFuture<T> result = new CompletableFuture<>();
    waiting.add(() -> complete(result, work));
    if (stopped) {
      throw new IOException("the daemon is stopping");
    }
    try {
      return result.get();
    } catch (ExecutionException failed) {
      throw unwrapped(failed);
    }
  }

  private static <T> void complete(CompletableFuture<T> result, Work<T> work) {
    try {
      result.complete(work.run());
    } catch (InterruptedException stopping) {
      result.completeExceptionally(new IOException("the daemon is stopping", stopping));
      Thread.currentThread().interrupt();
    } catch (IOException | Refusal | RuntimeException failed) {
      result.completeExceptionally(failed);
    }
  }

  private static IOException unwrapped(ExecutionException failed) throws Refusal {
    if (failed.getCause() instanceof Refusal refusal) {
      throw refusal;
    }
    if (failed.getCause() instanceof IOException world) {
      return world;
    }
    throw new IllegalStateException("the agent's turn failed", failed.getCause());
  }

  /** Makes the next turn come now. */
  public void wake() {
    waiting.add(() -> {});
  }

  /** The current turn is the last. */
  public void stop() {
    stopped = true;
    wake();
  }

  /**
   * Waits until there is something to do, does what was left by others, and says whether there is
   * to be another turn.
   *
   * @param longest how long to wait when nobody wants anything
   */
  public boolean next(Duration longest) throws InterruptedException {
    Runnable first = waiting.poll(longest.toMillis(), TimeUnit.MILLISECONDS);
    for (Runnable work = first; work != null; work = waiting.poll()) {
      pulse.begin("a local command", DEADLINE);
      work.run();
    }
    pulse.rest();
    return !stopped;
  }
}
