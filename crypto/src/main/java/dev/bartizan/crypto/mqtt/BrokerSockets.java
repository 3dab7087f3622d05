// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.mqtt;

import dev.bartizan.crypto.TouchesTheWorld;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;

/**
 * The sockets of one attempt to reach a broker. The library that uses them cannot be told to stop
 * while it waits for a silent peer; closing the socket under it stops it.
 */
@TouchesTheWorld("the network: TLS connections to a broker")
public final class BrokerSockets extends SSLSocketFactory implements AutoCloseable {
  private final SSLSocketFactory tls;
  private final int maxPacket;
  private final List<Socket> open = new ArrayList<>();
  private boolean closed;

  /**
   * @param tls whom to trust and what to show
   * @param maxPacket the longest packet the broker may send, without its fixed header
   */
  public BrokerSockets(SSLContext tls, int maxPacket) {
    this.tls = tls.getSocketFactory();
    this.maxPacket = maxPacket;
  }

  @Override
  public synchronized Socket createSocket() throws IOException {
    if (closed) {
      throw new IOException("this attempt was given up");
    }
    Socket wire = new Socket();
    open.add(wire);
    return new BrokerSocket(wire, tls, maxPacket);
  }

  /** Ends all that was made here and all that waits for it; there will be no more. */
  @Override
  public synchronized void close() {
    closed = true;
    for (Socket wire : open) {
      try {
        wire.close();
      } catch (IOException alreadyGone) {
        // That is all that was wanted of it.
      }
    }
    open.clear();
  }

  @Override
  public String[] getDefaultCipherSuites() {
    return tls.getDefaultCipherSuites();
  }

  @Override
  public String[] getSupportedCipherSuites() {
    return tls.getSupportedCipherSuites();
  }

  @Override
  public Socket createSocket(Socket wire, String host, int port, boolean autoClose) {
    throw unasked();
  }

  @Override
  public Socket createSocket(String host, int port) {
    throw unasked();
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress local, int localPort) {
    throw unasked();
  }

  @Override
  public Socket createSocket(InetAddress host, int port) {
    throw unasked();
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) {
    throw unasked();
  }

  /** Such a socket could not be closed while it connects. */
  private static UnsupportedOperationException unasked() {
    return new UnsupportedOperationException("only unconnected sockets are made here");
  }
}
