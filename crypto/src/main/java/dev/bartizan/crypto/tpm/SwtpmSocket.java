// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.tpm;

import java.io.IOException;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/**
 * The data channel of {@code swtpm socket}: bare commands and responses, no resource manager. It
 * serves one client after the other; who comes second waits in the queue of the socket.
 */
record SwtpmSocket(SocketAddress address) implements TpmAddress {
  /** Making an RSA key may take a TPM minutes; nothing takes longer. */
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private static final int HEADER_BYTES = 10;
  private static final int LENGTH_AT = 2;

  @Override
  public TpmTransport open() throws IOException {
    SocketChannel channel;
    try {
      channel = SocketChannel.open(address);
    } catch (IOException refused) {
      throw new IOException("no software TPM at " + address, refused);
    }
    return new Opened(channel);
  }

  private static final class Opened implements TpmTransport {
    private final SocketChannel channel;
    private final Selector readable;

    Opened(SocketChannel channel) throws IOException {
      this.channel = channel;
      this.readable = Selector.open();
      channel.configureBlocking(false);
      channel.register(readable, SelectionKey.OP_READ);
    }

    @Override
    public byte[] exchange(byte[] command) throws IOException {
      ByteBuffer out = ByteBuffer.wrap(command);
      while (out.hasRemaining()) {
        // A command is smaller than any socket buffer: this does not spin.
        channel.write(out);
      }
      byte[] header = read(HEADER_BYTES);
      int length = ByteBuffer.wrap(header).getInt(LENGTH_AT);
      if (length < HEADER_BYTES || length > TpmWriter.CAPACITY) {
        throw new IOException("the software TPM announced " + length + " bytes");
      }
      byte[] rest = read(length - HEADER_BYTES);
      return ByteBuffer.allocate(length).put(header).put(rest).array();
    }

    private byte[] read(int length) throws IOException {
      ByteBuffer in = ByteBuffer.allocate(length);
      while (in.hasRemaining()) {
        if (readable.select(PATIENCE.toMillis()) == 0) {
          throw new SocketTimeoutException("the software TPM does not answer");
        }
        readable.selectedKeys().clear();
        if (channel.read(in) < 0) {
          throw new IOException("the software TPM hung up");
        }
      }
      return in.array();
    }

    @Override
    public void close() throws IOException {
      readable.close();
      channel.close();
    }
  }
}
