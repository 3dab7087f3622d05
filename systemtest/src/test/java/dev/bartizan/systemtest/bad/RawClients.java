// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.bad;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Connections that begin something and leave it at that, until they are closed. */
final class RawClients implements AutoCloseable {
  private final Path socket;
  private final List<SocketChannel> open = new ArrayList<>();

  RawClients(Path socket) {
    this.socket = socket;
  }

  /** Sends this and no more. */
  SocketChannel head(String text) throws IOException {
    SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
    open.add(channel);
    channel.write(StandardCharsets.US_ASCII.encode(text));
    return channel;
  }

  /** Announces a body, and sends its beginning. */
  SocketChannel begin(String request, int length, String beginning) throws IOException {
    return head(
        request + " HTTP/1.1\r\nHost: a\r\nContent-Length: " + length + "\r\n\r\n" + beginning);
  }

  /** Announces a body, and sends half of it, unless it is told to go before. */
  void half(String request, int length) throws IOException {
    SocketChannel channel = begin(request, length, "");
    ByteBuffer half = ByteBuffer.allocate(length / 2);
    try {
      while (half.hasRemaining()) {
        channel.write(half);
      }
    } catch (IOException refused) {
      // It gave way.
    }
  }

  @Override
  public void close() throws IOException {
    for (SocketChannel channel : open) {
      channel.close();
    }
  }
}
