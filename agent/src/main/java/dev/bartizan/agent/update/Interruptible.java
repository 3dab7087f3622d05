// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.update;

import dev.bartizan.crypto.Interrupted;
import dev.bartizan.crypto.Refusal;
import java.io.IOException;

/** Work that may be interrupted because the agent stops. */
@FunctionalInterface
interface Interruptible<T> {
  T run() throws IOException, Refusal, InterruptedException;

  /** Runs {@code work}; a stop is an I/O error to the caller, and the thread stays interrupted. */
  static <T> T complete(Interruptible<T> work) throws IOException, Refusal {
    try {
      return work.run();
    } catch (InterruptedException stopping) {
      throw Interrupted.toIo(stopping, "the agent is stopping");
    }
  }
}
