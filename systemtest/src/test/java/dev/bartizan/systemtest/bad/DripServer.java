// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.bad;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/**
 * A server that answers some paths well and others at a byte now and then: by turns from the first
 * byte of its answer on, or with a head at once and a body that never ends. To a TLS client it
 * drips a handshake.
 */
final class DripServer implements AutoCloseable {
  private static final byte[] WELL = "HTTP/1.1 200 OK\r\nContent-Length: ".getBytes(ascii());
  private static final int ENDLESS = 300_000;

  /** The head of a record of 16 KiB: a TLS client waits for all of it. */
  private static final byte[] HANDSHAKE = {22, 3, 3, 0x40, 0};

  /** Counted over all servers, so that requests of each kind meet both ways. */
  private static final AtomicInteger TURN = new AtomicInteger();

  private final Loopback here;
  private final Path root;
  private volatile Predicate<String> dripping;
  private final Duration perByte;
  private final AtomicInteger dripped = new AtomicInteger();

  /**
   * @param dripping which paths it drips; the others are files below {@code root}
   */
  DripServer(int port, Path root, Predicate<String> dripping, Duration perByte) throws IOException {
    this.root = root;
    this.dripping = dripping;
    this.perByte = perByte;
    here = new Loopback(port);
    here.serve(client -> Loopback.start(() -> serve(client)));
  }

  /** From now on it drips other paths; whoever is connected has to come anew. */
  void turnTo(Predicate<String> paths) throws IOException {
    dripping = paths;
    here.disconnect();
    dripped.set(0);
  }

  private static Charset ascii() {
    return StandardCharsets.US_ASCII;
  }

  /** How many requests it has dripped an answer to. */
  int dripped() {
    return dripped.get();
  }

  private void serve(Socket client) {
    try (client) {
      for (Optional<String> path = request(client); path.isPresent(); path = request(client)) {
        if (dripping.test(path.get())) {
          drip(path.get(), client.getOutputStream());
          return;
        }
        answer(path.get(), client.getOutputStream());
      }
    } catch (IOException gone) {
      // The client has had enough, or the test is over.
    } finally {
      here.release(client);
    }
  }

  /** The path of the next request; anything but HTTP has none, and is dripped. */
  private static Optional<String> request(Socket client) throws IOException {
    InputStream in = client.getInputStream();
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int next = in.read();
      if (next < 0) {
        return Optional.empty();
      }
      head.append((char) next);
      if (head.length() == 4 && !head.toString().equals("GET ")) {
        return Optional.of("");
      }
    }
    return Optional.of(head.substring("GET /".length(), head.indexOf(" HTTP")));
  }

  private void answer(String path, OutputStream out) throws IOException {
    Path file = root.resolve(path);
    if (!Files.isRegularFile(file)) {
      out.write("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n".getBytes(ascii()));
      return;
    }
    byte[] content = Files.readAllBytes(file);
    out.write(WELL);
    out.write((content.length + "\r\n\r\n").getBytes(ascii()));
    out.write(content);
  }

  private void drip(String path, OutputStream out) throws IOException {
    byte[] head = path.isEmpty() ? HANDSHAKE : head(path);
    dripped.incrementAndGet();
    boolean isHeadWell = TURN.getAndIncrement() % 2 == 0;
    if (isHeadWell) {
      out.write(head);
    }
    for (int i = isHeadWell ? head.length : 0; !here.isClosed(); i++) {
      out.write(i < head.length ? head[i] : 'x');
      LockSupport.parkNanos(perByte.toNanos());
    }
  }

  /** Of the length that the file has: another one would be refused before the first byte. */
  private byte[] head(String path) throws IOException {
    Path file = root.resolve(path);
    long length = Files.isRegularFile(file) ? Files.size(file) : ENDLESS;
    return (new String(WELL, ascii()) + length + "\r\n\r\n").getBytes(ascii());
  }

  @Override
  public void close() throws IOException {
    here.close();
  }
}
