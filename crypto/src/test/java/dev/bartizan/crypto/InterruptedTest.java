// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InterruptedIOException;
import org.junit.jupiter.api.Test;

class InterruptedTest {
  @Test
  void whoIsStoppedWhileWaitingStaysStoppedAndSaysWhatWasGivenUp() {
    InterruptedException stopping = new InterruptedException();
    InterruptedIOException told = Interrupted.toIo(stopping, "the download");
    assertTrue(Thread.interrupted(), "the next wait ends at once too");
    assertEquals("the download", told.getMessage());
    assertSame(stopping, told.getCause());
  }
}
