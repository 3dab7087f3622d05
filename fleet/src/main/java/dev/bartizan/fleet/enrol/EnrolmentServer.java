// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.enrol;

import dev.bartizan.crypto.TouchesTheWorld;
import dev.bartizan.fleet.credential.Credentials;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Optional;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** Serves an {@link TpmEnrolment} over HTTPS: TLS 1.2 and 1.3, HTTP/1.1, small requests. */
@TouchesTheWorld("listens on a socket")
public final class EnrolmentServer implements AutoCloseable {
  private static final int MAX_THREADS = 16;
  private static final int MAX_HEADER = 4 * 1024;
  private static final int IDLE_MILLIS = 15_000;
  private static final int BACKLOG = 64;

  private final Server server;
  private final ServerConnector connector;

  private EnrolmentServer(Server server, ServerConnector connector) {
    this.server = server;
    this.connector = connector;
  }

  /**
   * Starts to listen.
   *
   * @param address port 0 takes any free one
   * @throws IOException when the address cannot be had
   */
  public static EnrolmentServer start(
      InetSocketAddress address, Credentials credentials, TpmEnrolment desk) throws IOException {
    return start(address, credentials, desk, Optional.empty());
  }

  /**
   * Starts to listen, for devices without a chip too.
   *
   * @throws IOException when the address cannot be had
   */
  public static EnrolmentServer start(
      InetSocketAddress address,
      Credentials credentials,
      TpmEnrolment desk,
      Optional<TokenEnrolment> keys)
      throws IOException {
    QueuedThreadPool threads = new QueuedThreadPool(MAX_THREADS);
    threads.setName("enrolment");
    Server server = new Server(threads);
    ServerConnector connector = connector(server, credentials);
    connector.setHost(address.getHostString());
    connector.setPort(address.getPort());
    connector.setIdleTimeout(IDLE_MILLIS);
    connector.setAcceptQueueSize(BACKLOG);
    server.addConnector(connector);
    server.setHandler(new EnrolmentHandler(desk, keys));
    EnrolmentServer started = new EnrolmentServer(server, connector);
    started.open(address);
    return started;
  }

  /** The port that is listened on. */
  public int port() {
    return connector.getLocalPort();
  }

  /** Returns when the server has been stopped. */
  public void await() throws InterruptedException {
    server.join();
  }

  @Override
  public void close() throws IOException {
    try {
      server.stop();
    } catch (Exception failed) {
      throw new IOException("the enrolment server did not stop", failed);
    }
  }

  private void open(InetSocketAddress address) throws IOException {
    try {
      server.start();
    } catch (Exception failed) {
      // Jetty declares Exception; what happens here is the port that is taken.
      close();
      throw new IOException(address + ": cannot listen: " + failed.getMessage(), failed);
    }
  }

  private static ServerConnector connector(Server server, Credentials credentials) {
    HttpConfiguration http = new HttpConfiguration();
    http.setSendServerVersion(false);
    http.setRequestHeaderSize(MAX_HEADER);
    SslContextFactory.Server tls = new SslContextFactory.Server();
    tls.setKeyStore(credentials.keyStore());
    tls.setKeyStorePassword("");
    tls.setIncludeProtocols("TLSv1.3", "TLSv1.2");
    return new ServerConnector(
        server,
        new SslConnectionFactory(tls, HttpVersion.HTTP_1_1.asString()),
        new HttpConnectionFactory(http));
  }
}
