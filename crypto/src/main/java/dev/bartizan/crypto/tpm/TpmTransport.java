// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.tpm;

import java.io.Closeable;
import java.io.IOException;

/** The way to one TPM: bytes of a command out, bytes of its response back. One caller at a time. */
public interface TpmTransport extends Closeable {
  /**
   * Sends one whole command and waits for the whole response.
   *
   * @throws IOException when the response did not arrive; the transport is then of no further use
   */
  byte[] exchange(byte[] command) throws IOException;
}
