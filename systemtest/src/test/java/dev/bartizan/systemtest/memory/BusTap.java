// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.memory;

import dev.bartizan.crypto.Bytes;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A listener on the wires between agent and chip: passes on what they say, and keeps it all. One
 * conversation at a time, as the chip has it.
 */
final class BusTap implements AutoCloseable {
  private static final int HEADER = 10;
  private static final int MAX_LENGTH = 8192;

  private final Path socket;
  private final Path chip;
  private final ServerSocketChannel server;
  private final Thread thread = new Thread(this::listen, "bus-tap");
  private final List<Exchange> heard = new ArrayList<>();

  /** A command and what it was answered with, as they were sent. */
  record Exchange(Bytes command, Bytes response) {
    /** TPM_CC, the third field of a command (TPM 2.0 library, part 1, 18.4). */
    int commandCode() {
      return command.asBuffer().getInt(6);
    }
  }

  private BusTap(Path socket, Path chip, ServerSocketChannel server) {
    this.socket = socket;
    this.chip = chip;
    this.server = server;
  }

  /** Listens on {@code socket} from now on. */
  static BusTap between(Path socket, Path chip) throws IOException {
    ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(socket));
    BusTap tap = new BusTap(socket, chip, server);
    tap.thread.start();
    return tap;
  }

  Path socket() {
    return socket;
  }

  synchronized List<Exchange> heard() {
    return List.copyOf(heard);
  }

  /** Everything that was said, both ways. */
  byte[] everything() {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (Exchange exchange : heard()) {
      all.writeBytes(exchange.command().toArray());
      all.writeBytes(exchange.response().toArray());
    }
    return all.toByteArray();
  }

  private void listen() {
    while (server.isOpen()) {
      try (SocketChannel agent = server.accept();
          SocketChannel target = SocketChannel.open(UnixDomainSocketAddress.of(chip))) {
        passOn(agent, target);
      } catch (ClosedChannelException over) {
        return;
      } catch (IOException brokenOff) {
        // The agent was killed, or the chip switched off: there will be another conversation.
      }
    }
  }

  private void passOn(SocketChannel agent, SocketChannel target) throws IOException {
    DataInputStream fromAgent = new DataInputStream(Channels.newInputStream(agent));
    DataInputStream fromChip = new DataInputStream(Channels.newInputStream(target));
    OutputStream toAgent = Channels.newOutputStream(agent);
    OutputStream toChip = Channels.newOutputStream(target);
    try {
      while (true) {
        byte[] command = message(fromAgent);
        toChip.write(command);
        byte[] response = message(fromChip);
        keep(new Exchange(Bytes.of(command), Bytes.of(response)));
        toAgent.write(response);
      }
    } catch (EOFException hungUp) {
      // As every conversation ends.
    }
  }

  private synchronized void keep(Exchange exchange) {
    heard.add(exchange);
  }

  /** Tag (2), length of it all (4), code (4), the rest; both ways. */
  private static byte[] message(DataInputStream in) throws IOException {
    byte[] header = new byte[HEADER];
    in.readFully(header);
    int length = ByteBuffer.wrap(header).getInt(2);
    if (length < HEADER || length > MAX_LENGTH) {
      throw new IOException("a message of " + length + " bytes");
    }
    byte[] whole = ByteBuffer.allocate(length).put(header).array();
    in.readFully(whole, HEADER, length - HEADER);
    return whole;
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
