// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto;

import java.io.InterruptedIOException;

/** A thread that is asked to stop while it waits, told to callers who know of I/O errors only. */
public final class Interrupted {
  private Interrupted() {}

  /**
   * What to throw in place of {@code stopping}. The thread stays interrupted: whoever waits next
   * does not wait either.
   *
   * @param what was given up
   */
  public static InterruptedIOException toIo(InterruptedException stopping, String what) {
    Thread.currentThread().interrupt();
    InterruptedIOException stopped = new InterruptedIOException(what);
    stopped.initCause(stopping);
    return stopped;
  }
}
