// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.serve.http;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.server.AbstractConnector;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.unixdomain.server.UnixDomainServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** Listens for this machine's own applications and hands their requests to routes. */
public final class LocalServer implements AutoCloseable {
  private static final int SELECTORS_PER_LISTENER = 1;
  private static final int HEADER_BYTES = 8 << 10;

  /** For accepting, selecting, and taking in what clients send: none of it waits. */
  private static final int OWN_THREADS = 6;

  private static final long SWEEP_MILLIS = 500;

  private final ServerOptions options;
  private final Server server;
  private final Clients clients;

  /**
   * @param routes asked in this order; the first whose prefix fits answers
   */
  public LocalServer(ServerOptions options, List<Route> routes) {
    this.options = options;
    this.server = new Server(threads(options));
    server.setStopTimeout(options.drain().toMillis());
    this.clients = new Clients(options.nanoTime(), options.pace());
    server.setHandler(
        new GracefulHandler(
            new Pipeline(new Routes(routes), clients, options, server.getThreadPool())));
    server.setErrorHandler(Pipeline::handleError);
    addListeners();
  }

  /**
   * Starts to listen.
   *
   * @throws IOException when the socket or the port is in use, or cannot be made; nothing listens
   *     then
   */
  public void start() throws IOException {
    UnixSocketFile file = new UnixSocketFile(options.socket());
    file.claim();
    try {
      server.start();
      file.protect(options.permissions());
      sweepLater();
    } catch (Exception failed) { // Jetty declares no less
      close();
      throw new IOException(
          "cannot listen on " + options.socket() + ": " + failed.getMessage(), failed);
    }
  }

  /** The socket's path when nobody can reach the server by it. */
  public Optional<Path> closed() {
    boolean isReachable = server.isRunning() && new UnixSocketFile(options.socket()).isThere();
    return isReachable ? Optional.empty() : Optional.of(options.socket());
  }

  /** The TCP port on 127.0.0.1, if the server listens on one. */
  public OptionalInt loopbackPort() {
    return server.getBeans(ServerConnector.class).stream()
        .mapToInt(ServerConnector::getLocalPort)
        .findFirst();
  }

  /** Stops to listen, lets requests under way finish within the drain time, removes the socket. */
  @Override
  public void close() {
    try {
      server.stop();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    } catch (Exception failed) { // Jetty declares no less
      throw new IllegalStateException("the local server does not stop", failed);
    }
  }

  private static QueuedThreadPool threads(ServerOptions options) {
    QueuedThreadPool threads =
        new QueuedThreadPool(options.threads() + OWN_THREADS, Math.min(4, options.threads()));
    threads.setName("serve");
    threads.setReservedThreads(1);
    return threads;
  }

  private void addListeners() {
    HttpConnectionFactory http = new HttpConnectionFactory(httpConfiguration());
    UnixDomainServerConnector socket =
        new UnixDomainServerConnector(
            server, null, null, null, 0, SELECTORS_PER_LISTENER, new ConnectionFactory[] {http});
    socket.setUnixDomainPath(options.socket());
    addListener(socket);
    if (options.loopbackPort().isPresent()) {
      ServerConnector loopback = new ServerConnector(server, 0, SELECTORS_PER_LISTENER, http);
      loopback.setHost("127.0.0.1");
      loopback.setPort(options.loopbackPort().getAsInt());
      addListener(loopback);
    }
  }

  /** Ends whatever is too slow by now; done by itself every half second. */
  void sweep() {
    clients.sweep();
  }

  private void sweepLater() {
    server.getScheduler().schedule(this::sweepAgain, SWEEP_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void sweepAgain() {
    if (server.isRunning()) {
      sweep();
      sweepLater();
    }
  }

  private void addListener(AbstractConnector listener) {
    listener.setIdleTimeout(0); // a client that sends a byte now and then is not idle, but slow
    listener.addBean(clients);
    server.addConnector(listener);
  }

  private static HttpConfiguration httpConfiguration() {
    HttpConfiguration http = new HttpConfiguration();
    http.setRequestHeaderSize(HEADER_BYTES);
    http.setSendServerVersion(false);
    http.setSendDateHeader(false);
    return http;
  }
}
