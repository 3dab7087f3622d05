// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.bad;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * A path to a TLS server that lets the handshake through and then the answer drop by drop, as
 * whoever sits on the line can without a key.
 */
final class DripProxy implements AutoCloseable {
  /**
   * What a client sends after the server's first words, and before its request: the end of a
   * handshake is shorter, and no request is.
   */
  private static final int HANDSHAKE_END = 300;

  private final Loopback here = new Loopback(0);
  private final int server;
  private final Duration perByte;
  private final AtomicLong dripped = new AtomicLong();

  /**
   * @param server its port here
   */
  DripProxy(int server, Duration perByte) throws IOException {
    this.server = server;
    this.perByte = perByte;
    here.serve(this::connect);
  }

  int port() {
    return here.port();
  }

  /** How many bytes of answers have come through. */
  long dripped() {
    return dripped.get();
  }

  private void connect(Socket client) throws IOException {
    Socket there = here.hold(new Socket(InetAddress.getLoopbackAddress(), server));
    Line line = new Line();
    Loopback.start(() -> ask(client, there, line));
    Loopback.start(() -> answer(there, client, line));
  }

  /** How far one connection is. */
  private static final class Line {
    private volatile boolean isAnswered;
    private final AtomicLong asked = new AtomicLong();
  }

  private static void ask(Socket client, Socket there, Line line) {
    byte[] piece = new byte[16 * 1024];
    try {
      InputStream in = client.getInputStream();
      OutputStream out = there.getOutputStream();
      for (int count = in.read(piece); count >= 0; count = in.read(piece)) {
        line.asked.addAndGet(line.isAnswered ? count : 0);
        out.write(piece, 0, count);
      }
    } catch (IOException gone) {
      // One of them has had enough.
    }
  }

  private void answer(Socket there, Socket client, Line line) {
    byte[] piece = new byte[16 * 1024];
    try {
      InputStream in = there.getInputStream();
      OutputStream out = client.getOutputStream();
      for (int count = in.read(piece); count >= 0; count = in.read(piece)) {
        line.isAnswered = true;
        if (line.asked.get() < HANDSHAKE_END) {
          out.write(piece, 0, count);
        } else {
          drip(piece, count, out);
        }
      }
    } catch (IOException gone) {
      // One of them has had enough.
    }
  }

  private void drip(byte[] piece, int count, OutputStream out) throws IOException {
    for (int i = 0; i < count && !here.isClosed(); i++) {
      out.write(piece[i]);
      dripped.incrementAndGet();
      LockSupport.parkNanos(perByte.toNanos());
    }
  }

  @Override
  public void close() throws IOException {
    here.close();
  }
}
