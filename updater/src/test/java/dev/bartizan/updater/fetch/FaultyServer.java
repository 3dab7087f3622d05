// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.fetch;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A real HTTP server on loopback with one file and a script of misbehaviours, one per request. */
final class FaultyServer implements AutoCloseable {
  /** What to do with one request instead of answering it well. */
  interface Fault {
    void answer(HttpExchange exchange, byte[] file, int offset) throws IOException;
  }

  private final byte[] file;
  private final Iterator<Fault> faults;
  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<String> requests = Collections.synchronizedList(new ArrayList<>());

  FaultyServer(byte[] file, Fault... faults) throws IOException {
    this.file = file;
    this.faults = List.of(faults).iterator();
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::handle);
    server.setExecutor(threads);
    server.start();
  }

  URI base() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
  }

  /** The Range header of each request in order, "-" where there was none. */
  List<String> requests() {
    return List.copyOf(requests);
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String range = exchange.getRequestHeaders().getFirst("Range");
      requests.add(range == null ? "-" : range);
      int offset = range == null ? 0 : Integer.parseInt(range.replaceAll("bytes=(\\d+)-.*", "$1"));
      if (faults.hasNext()) {
        faults.next().answer(exchange, file, offset);
      } else if (range != null && !range.endsWith("-")) {
        part(exchange, offset, Integer.parseInt(range.substring(range.indexOf('-') + 1)) + 1);
      } else {
        wellBehaved(exchange, file, offset);
      }
    }
  }

  /** A range with an end, which may be past that of the file. */
  private void part(HttpExchange exchange, int from, int asked) throws IOException {
    int to = Math.min(asked, file.length);
    String range = "bytes " + from + "-" + (to - 1) + "/" + file.length;
    exchange.getResponseHeaders().set("Content-Range", range);
    exchange.sendResponseHeaders(206, to - from);
    exchange.getResponseBody().write(file, from, to - from);
  }

  static void wellBehaved(HttpExchange exchange, byte[] file, int offset) throws IOException {
    send(exchange, offset, file.length, Arrays.copyOfRange(file, offset, file.length));
  }

  static Fault status(int status) {
    return (exchange, file, offset) -> exchange.sendResponseHeaders(status, -1);
  }

  /** Sends {@code count} bytes of what was promised and drops the connection. */
  static Fault disconnectAfter(int count) {
    return (exchange, file, offset) -> {
      announce(exchange, offset, file.length, file.length - offset);
      exchange.getResponseBody().write(file, offset, Math.min(count, file.length - offset));
      exchange.getResponseBody().flush();
    };
  }

  static Fault encoded(String coding) {
    return (exchange, file, offset) -> {
      exchange.getResponseHeaders().set("Content-Encoding", coding);
      send(exchange, offset, file.length, Arrays.copyOfRange(file, offset, file.length));
    };
  }

  /** Sends the rest as a part, and says where it lies in these words. */
  static Fault part(String contentRange) {
    return (exchange, file, offset) -> {
      exchange.getResponseHeaders().set("Content-Range", contentRange);
      exchange.sendResponseHeaders(206, file.length - offset);
      exchange.getResponseBody().write(file, offset, file.length - offset);
    };
  }

  static Fault ignoreRange() {
    return (exchange, file, offset) -> send(exchange, 0, file.length, file);
  }

  /** Answers with another range than the one asked for. */
  static Fault shiftedBy(int shift) {
    return (exchange, file, offset) ->
        send(
            exchange,
            offset + shift,
            file.length,
            Arrays.copyOfRange(file, offset + shift, file.length));
  }

  /** Sends the file and more, without saying beforehand how much it will be. */
  static Fault endless() {
    return (exchange, file, offset) -> {
      exchange.sendResponseHeaders(200, 0);
      exchange.getResponseBody().write(file);
      exchange.getResponseBody().write(new byte[1 << 20]);
    };
  }

  private static void send(HttpExchange exchange, int offset, int total, byte[] body)
      throws IOException {
    announce(exchange, offset, total, body.length);
    exchange.getResponseBody().write(body);
  }

  private static void announce(HttpExchange exchange, int offset, int total, int length)
      throws IOException {
    if (offset > 0) {
      String range = "bytes " + offset + "-" + (total - 1) + "/" + total;
      exchange.getResponseHeaders().set("Content-Range", range);
    }
    exchange.sendResponseHeaders(offset > 0 ? 206 : 200, length == 0 ? -1 : length);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
