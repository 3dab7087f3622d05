// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.serve.http;

import dev.bartizan.crypto.TouchesTheWorld;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import jdk.net.ExtendedSocketOptions;
import org.eclipse.jetty.io.EndPoint;

/** Which user is at the other end of a connection. */
@TouchesTheWorld("asks the kernel who connected")
final class Peer {
  /** Loopback TCP does not say: all who come by it share one share. */
  private static final String UNKNOWN = "somebody on loopback TCP";

  private Peer() {}

  /** Equal for connections of the same user; the kernel vouches for it. */
  static Object of(EndPoint end) {
    if (end.getTransport() instanceof SocketChannel channel
        && channel.supportedOptions().contains(ExtendedSocketOptions.SO_PEERCRED)) {
      try {
        return channel.getOption(ExtendedSocketOptions.SO_PEERCRED).user();
      } catch (IOException | UnsupportedOperationException notASocketOfTheFileSystem) {
        return UNKNOWN;
      }
    }
    return UNKNOWN;
  }
}
