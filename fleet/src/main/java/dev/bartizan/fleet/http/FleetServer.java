// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.http;

import dev.bartizan.crypto.TouchesTheWorld;
import dev.bartizan.fleet.credential.Credentials;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * Serves {@link Route}s over HTTPS: TLS 1.2 and 1.3, HTTP/1.1, small requests. A client may show a
 * certificate of the fleet's authority; with one of anybody else no connection comes about.
 */
@TouchesTheWorld("listens on a socket")
public final class FleetServer implements AutoCloseable {
  private static final int MAX_THREADS = 16;
  private static final int MAX_HEADER = 4 * 1024;
  private static final int IDLE_MILLIS = 15_000;
  private static final int BACKLOG = 64;
  private static final Duration BODY_DEADLINE = Duration.ofSeconds(20);

  private final Server server;
  private final ServerConnector connector;

  private FleetServer(Server server, ServerConnector connector) {
    this.server = server;
    this.connector = connector;
  }

  /**
   * Starts to listen.
   *
   * @param address port 0 takes any free one
   * @param authority whose certificates clients may show
   * @throws IOException when the address cannot be had
   */
  public static FleetServer start(
      InetSocketAddress address,
      Credentials credentials,
      X509Certificate authority,
      List<Route> routes)
      throws IOException {
    return start(address, credentials, authority, routes, BODY_DEADLINE);
  }

  /** The same, with another patience for bodies. */
  static FleetServer start(
      InetSocketAddress address,
      Credentials credentials,
      X509Certificate authority,
      List<Route> routes,
      Duration bodyDeadline)
      throws IOException {
    QueuedThreadPool threads = new QueuedThreadPool(MAX_THREADS);
    threads.setName("fleet");
    Server server = new Server(threads);
    ServerConnector connector = connector(server, tls(credentials, authority));
    connector.setHost(address.getHostString());
    connector.setPort(address.getPort());
    connector.setIdleTimeout(IDLE_MILLIS);
    connector.setAcceptQueueSize(BACKLOG);
    server.addConnector(connector);
    server.setHandler(new Dispatch(routes, bodyDeadline, threads));
    FleetServer started = new FleetServer(server, connector);
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
      throw new IOException("the server did not stop", failed);
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

  private static ServerConnector connector(Server server, SslContextFactory.Server tls) {
    HttpConfiguration http = new HttpConfiguration();
    http.setSendServerVersion(false);
    http.setRequestHeaderSize(MAX_HEADER);
    return new ServerConnector(
        server,
        new SslConnectionFactory(tls, HttpVersion.HTTP_1_1.asString()),
        new HttpConnectionFactory(http));
  }

  private static SslContextFactory.Server tls(Credentials credentials, X509Certificate authority) {
    SslContextFactory.Server tls = new SslContextFactory.Server();
    tls.setKeyStore(credentials.keyStore());
    tls.setKeyStorePassword("");
    tls.setTrustStore(anchors(authority));
    // Who enrols has no certificate yet, or one that has run out.
    tls.setWantClientAuth(true);
    tls.setIncludeProtocols("TLSv1.3", "TLSv1.2");
    return tls;
  }

  private static KeyStore anchors(X509Certificate authority) {
    try {
      KeyStore anchors = KeyStore.getInstance("PKCS12");
      anchors.load(null, null);
      anchors.setCertificateEntry("authority", authority);
      return anchors;
    } catch (GeneralSecurityException | IOException impossible) {
      throw new IllegalStateException("an empty key store takes a certificate", impossible);
    }
  }
}
