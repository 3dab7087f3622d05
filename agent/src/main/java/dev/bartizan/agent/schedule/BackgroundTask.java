// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.schedule;

import dev.bartizan.crypto.Refusal;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Work that was given to a {@link Worker}, until somebody takes what came of it. */
public final class BackgroundTask<T> {
  /** What is done elsewhere. It hands back a value and touches nothing that the loop owns. */
  @FunctionalInterface
  public interface Work<T> {
    T run() throws IOException, Refusal, InterruptedException;
  }

  private final CompletableFuture<T> result = new CompletableFuture<>();

  BackgroundTask() {}

  void run(Work<T> work) {
    try {
      result.complete(work.run());
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
      result.completeExceptionally(new IOException("the daemon is stopping", stopping));
    } catch (IOException | Refusal | RuntimeException failed) {
      result.completeExceptionally(failed);
    }
  }

  void giveUp() {
    result.completeExceptionally(new IOException("the daemon is stopping"));
  }

  /** Whether {@link #get} would not wait. */
  public boolean isDone() {
    return result.isDone();
  }

  /**
   * What came of it; waits until then, so the loop asks {@link #isDone} first.
   *
   * @throws IOException as the work did, or because the daemon stops
   */
  public T get() throws IOException, Refusal, InterruptedException {
    try {
      return result.get();
    } catch (ExecutionException failed) {
      throw unwrapped(failed);
    }
  }

  /** Waits for the end of it, for a while. */
  public void await(Duration longest) throws InterruptedException {
    try {
      result.get(longest.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException takenUpLater) {
      // Who takes the result hears of it.
    }
  }

  private static IOException unwrapped(ExecutionException failed) throws Refusal {
    if (failed.getCause() instanceof Refusal refusal) {
      throw refusal;
    }
    if (failed.getCause() instanceof IOException world) {
      return world;
    }
    throw new IllegalStateException("a worker's task failed", failed.getCause());
  }
}
