// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.world;

import dev.bartizan.crypto.Interrupted;
import dev.bartizan.crypto.Refusal;
import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

/** The result of work that goes on side by side. */
public final class Awaited {
  private Awaited() {}

  /** Of work that nobody refuses. */
  public static <T> T result(Future<T> work) throws IOException {
    try {
      return accepted(work);
    } catch (Refusal refusal) {
      throw new IllegalStateException("a part of the agent did not start", refusal);
    }
  }

  /** Of work that may be refused. */
  public static <T> T accepted(Future<T> work) throws IOException, Refusal {
    try {
      return work.get();
    } catch (ExecutionException failed) {
      if (failed.getCause() instanceof IOException world) {
        throw world;
      }
      if (failed.getCause() instanceof Refusal refusal) {
        throw refusal;
      }
      throw new IllegalStateException("a part of the agent did not start", failed.getCause());
    } catch (InterruptedException stopping) {
      throw Interrupted.toIo(stopping, "the agent is stopping");
    }
  }
}
