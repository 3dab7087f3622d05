// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.tpm;

import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;

/** Reads the address of a software TPM's socket. */
final class SocketAddresses {
  static final String PREFIX = "swtpm:";

  private SocketAddresses() {}

  static TpmAddress parse(String text) {
    String rest = text.substring(PREFIX.length());
    if (rest.startsWith("/")) {
      return new SwtpmSocket(UnixDomainSocketAddress.of(rest));
    }
    int colon = rest.lastIndexOf(':');
    if (colon <= 0 || !rest.substring(colon + 1).matches("\\d{1,5}")) {
      throw new IllegalArgumentException("a software TPM is swtpm:HOST:PORT or swtpm:/path");
    }
    int port = Integer.parseInt(rest.substring(colon + 1));
    return new SwtpmSocket(new InetSocketAddress(rest.substring(0, colon), port));
  }
}
