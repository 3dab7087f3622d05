// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.tpm;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Where the device's TPM is. Opened for one operation and closed again, so that a daemon and a
 * command can share a TPM that takes one client at a time.
 */
@FunctionalInterface
public interface TpmAddress {
  /**
   * Connects.
   *
   * @throws IOException when there is no TPM, or no right to use it
   */
  TpmTransport open() throws IOException;

  /**
   * Parses the form of our configuration: {@code /dev/tpmrm0} (a device node), {@code
   * swtpm:HOST:PORT} or {@code swtpm:/path/to/socket} (a software TPM's data channel).
   *
   * @throws IllegalArgumentException when it is anything else
   */
  static TpmAddress parse(String text) {
    if (text.startsWith("/dev/")) {
      return new DeviceNode(Path.of(text));
    }
    if (text.startsWith(SocketAddresses.PREFIX)) {
      return SocketAddresses.parse(text);
    }
    throw new IllegalArgumentException(
        "a TPM is /dev/tpmrm0, swtpm:HOST:PORT or swtpm:/path/to/socket");
  }
}
