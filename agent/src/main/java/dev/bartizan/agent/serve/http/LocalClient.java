// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.serve.http;

import dev.bartizan.crypto.TouchesTheWorld;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Asks a daemon on its Unix socket: one request, one connection. Java's own HTTP client knows TCP
 * only.
 */
@TouchesTheWorld("the command line talks to the daemon over its socket")
public final class LocalClient {
  private static final int MAX_RESPONSE_BYTES = 256 << 20;
  private static final int PIECE = 64 << 10;
  private static final byte[] HEAD_END = "\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private final Path socket;

  public LocalClient(Path socket) {
    this.socket = socket;
  }

  /**
   * Sends one request and waits for its answer, however long that takes; the names of its headers
   * come in lower case.
   *
   * @throws AccessDeniedException when somebody does, and does not listen to this user
   * @throws IOException when nobody listens, or what comes back is not a whole HTTP response
   */
  public Answer send(String method, String path, Map<String, String> headers, byte[] body)
      throws IOException {
    try (SocketChannel channel = connect()) {
      writeAll(channel, head(method, path, headers, body.length), body);
      return response(readAll(Channels.newInputStream(channel)));
    }
  }

  /** A GET. */
  public Answer get(String path) throws IOException {
    return send("GET", path, Map.of(), new byte[0]);
  }

  /** A POST of a JSON document. */
  public Answer post(String path, byte[] json) throws IOException {
    return send("POST", path, Map.of("Content-Type", Answer.JSON), json);
  }

  private SocketChannel connect() throws IOException {
    try {
      return SocketChannel.open(UnixDomainSocketAddress.of(socket));
    } catch (SocketException unreachable) {
      if (String.valueOf(unreachable.getMessage()).contains("Permission denied")) {
        throw denied(unreachable);
      }
      throw new IOException(
          "the daemon is not running: " + socket + ": " + unreachable.getMessage(), unreachable);
    }
  }

  private AccessDeniedException denied(SocketException cause) {
    String whose = "only the daemon's user and root may ask it here";
    AccessDeniedException denied = new AccessDeniedException(socket.toString(), null, whose);
    denied.initCause(cause);
    return denied;
  }

  private static void writeAll(SocketChannel channel, byte[]... parts) {
    try {
      for (byte[] part : parts) {
        channel.write(ByteBuffer.wrap(part));
      }
    } catch (IOException closedEarly) {
      // A daemon that refuses a body does not wait for its end; its answer says why.
    }
  }

  private static byte[] readAll(InputStream in) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    byte[] piece = new byte[PIECE];
    try {
      for (int read = 0; read >= 0 && all.size() < MAX_RESPONSE_BYTES; read = in.read(piece)) {
        all.write(piece, 0, read);
      }
    } catch (IOException closedEarly) {
      // As above: the connection is reset where the daemon has not read all; length tells the rest.
    }
    return all.toByteArray();
  }

  private static byte[] head(String method, String path, Map<String, String> headers, int length) {
    StringBuilder head = new StringBuilder();
    head.append(method).append(' ').append(path).append(" HTTP/1.1\r\n");
    head.append("Host: localhost\r\nConnection: close\r\n");
    head.append("Content-Length: ").append(length).append("\r\n");
    headers.forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
    return head.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII);
  }

  private static Answer response(byte[] bytes) throws IOException {
    int end = headEnd(bytes);
    String[] lines = new String(bytes, 0, end, StandardCharsets.US_ASCII).split("\r\n");
    Map<String, String> headers = headers(lines);
    byte[] body = Arrays.copyOfRange(bytes, end + HEAD_END.length, bytes.length);
    if (headers.getOrDefault("transfer-encoding", "").equals("chunked")) {
      body = Chunks.decode(body);
    } else if (!String.valueOf(body.length).equals(headers.get("content-length"))) {
      throw new IOException("the daemon's answer was cut off");
    }
    String type = headers.getOrDefault("content-type", "");
    return new Answer(status(lines[0]), type, headers, ByteBuffer.wrap(body));
  }

  private static int headEnd(byte[] bytes) throws IOException {
    for (int i = 0; i + HEAD_END.length <= bytes.length; i++) {
      if (Arrays.equals(bytes, i, i + HEAD_END.length, HEAD_END, 0, HEAD_END.length)) {
        return i;
      }
    }
    throw new IOException("the daemon closed the connection without an answer");
  }

  private static int status(String line) throws IOException {
    String[] parts = line.split(" ", 3);
    try {
      return Integer.parseInt(parts[1]);
    } catch (ArrayIndexOutOfBoundsException | NumberFormatException notHttp) {
      throw new IOException("not an HTTP response: " + line, notHttp);
    }
  }

  private static Map<String, String> headers(String[] lines) {
    Map<String, String> headers = new HashMap<>();
    for (String line : lines) {
      int colon = line.indexOf(": ");
      if (colon > 0) {
        headers.put(line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 2));
      }
    }
    return headers;
  }
}
