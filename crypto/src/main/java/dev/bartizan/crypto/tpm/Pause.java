// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.tpm;

import java.io.InterruptedIOException;
import java.time.Duration;

/** Waits before a busy TPM is asked again. How is up to whoever owns the thread. */
@FunctionalInterface
public interface Pause {
  void pause(Duration duration) throws InterruptedIOException;
}
