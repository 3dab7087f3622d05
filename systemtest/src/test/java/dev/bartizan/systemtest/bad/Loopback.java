// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.bad;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Listens on this machine; what is done with connections has threads that end with the process. */
final class Loopback implements Closeable {
  private final ServerSocket socket = new ServerSocket();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();

  /** What is done with a connection. */
  @FunctionalInterface
  interface Serving {
    void serve(Socket client) throws IOException;
  }

  /**
   * @param port 0 takes any free one
   */
  Loopback(int port) throws IOException {
    socket.setReuseAddress(true);
    socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
  }

  int port() {
    return socket.getLocalPort();
  }

  boolean isClosed() {
    return socket.isClosed();
  }

  /** From now on each connection is served, on the thread that accepts: it must not take long. */
  void serve(Serving serving) {
    start(
        () -> {
          while (!socket.isClosed()) {
            try {
              serving.serve(hold(socket.accept()));
            } catch (IOException closed) {
              return;
            }
          }
        });
  }

  static void start(Runnable work) {
    Thread thread = new Thread(work, "drip");
    thread.setDaemon(true);
    thread.start();
  }

  /** Ends with this. */
  Socket hold(Socket connection) {
    open.add(connection);
    return connection;
  }

  void release(Socket connection) {
    open.remove(connection);
  }

  /** Whoever is connected has to come anew. */
  void disconnect() throws IOException {
    for (Socket connection : open) {
      connection.close();
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
    disconnect();
  }
}
