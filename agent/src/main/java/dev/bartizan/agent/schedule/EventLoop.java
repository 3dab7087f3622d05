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

  private record Call(String name, Runnable work) {}

  private final LinkedBlockingQueue<Call> waiting = new LinkedBlockingQueue<>();
  private final Health health;
  private volatile boolean stopped;

  /**
   * @param health of the part for which others leave work
   */
  public EventLoop(Health health) {
    this.health = health;
  }

  /**
   * Has {@code work} done in the next turn, and waits for what comes of it.
   *
   * @param name what it is, should it hang
   */
  public <T> T call(String name, Work<T> work) throws IOException, Refusal, InterruptedException {
    CompletableFuture<T> result = new CompletableFuture<>();
    waiting.add(new Call(name, () -> complete(result, work)));
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
    waiting.add(new Call("a call", () -> {}));
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
    Call first = waiting.poll(longest.toMillis(), TimeUnit.MILLISECONDS);
    for (Call call = first; call != null; call = waiting.poll()) {
      Health.Activity activity = health.begin(call.name(), DEADLINE);
      try (activity) {
        call.work().run();
      }
    }
    return !stopped;
  }
}
