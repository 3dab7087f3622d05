// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.lab;

import dev.bartizan.crypto.TouchesTheWorld;
import java.io.IOException;
import java.time.Duration;

/** Waits for something another process does. */
@TouchesTheWorld("waits for other processes")
public final class Patience {
  private static final long LOOK_EVERY_MILLIS = 20;

  private Patience() {}

  /** A question that may fail while the answer is still no. */
  @FunctionalInterface
  public interface Question {
    boolean answer() throws Exception;
  }

  /**
   * Asks until the answer is yes.
   *
   * @param what completes "waited in vain for …"
   */
  public static void await(String what, Duration longest, Question question)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + longest.toNanos();
    Exception last = null;
    while (System.nanoTime() < end) {
      try {
        if (question.answer()) {
          return;
        }
        last = null;
      } catch (InterruptedException stopped) {
        throw stopped;
      } catch (Exception notYet) {
        last = notYet;
      }
      Thread.sleep(LOOK_EVERY_MILLIS);
    }
    throw new IOException("waited " + longest.toSeconds() + " s in vain for " + what, last);
  }
}
