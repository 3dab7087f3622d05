// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.mqtt;

import dev.bartizan.crypto.TouchesTheWorld;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import javax.net.ssl.HandshakeCompletedListener;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * TLS over a socket that others may close, with a bound on the packets that come out of it. It has
 * a peer only once it is connected; until then there is nothing to set.
 */
@TouchesTheWorld("the network: one TLS connection")
@SuppressWarnings("UnsynchronizedOverridesSynchronized") // To close must not wait for who reads.
final class BrokerSocket extends SSLSocket {
  private final Socket wire;
  private final SSLSocketFactory tls;
  private final int maxPacket;
  private @Nullable SSLSocket secured;
  private final FirstWord firstWord = new FirstWord();
  private @Nullable InputStream packets;

  BrokerSocket(Socket wire, SSLSocketFactory tls, int maxPacket) {
    this.wire = wire;
    this.tls = tls;
    this.maxPacket = maxPacket;
  }

  private SSLSocket secured() {
    if (secured == null) {
      throw new IllegalStateException("not connected yet");
    }
    return secured;
  }

  @Override
  public void connect(SocketAddress address) throws IOException {
    connect(address, 0);
  }

  @Override
  public void connect(SocketAddress address, int timeout) throws IOException {
    InetSocketAddress broker = (InetSocketAddress) address;
    wire.connect(broker, timeout);
    secured = (SSLSocket) tls.createSocket(wire, broker.getHostString(), broker.getPort(), true);
    packets = firstWord.after(new BoundedPackets(secured.getInputStream(), maxPacket));
  }

  @Override
  public InputStream getInputStream() throws IOException {
    if (packets == null) {
      throw new SocketException("not connected");
    }
    return packets;
  }

  @Override
  public OutputStream getOutputStream() throws IOException {
    return firstWord.noting(secured().getOutputStream());
  }

  @Override
  public void startHandshake() throws IOException {
    secured().startHandshake();
  }

  /** At once and without a farewell: a farewell can wait for the peer. */
  @Override
  public void close() throws IOException {
    wire.close();
  }

  @Override
  public boolean isClosed() {
    return wire.isClosed();
  }

  @Override
  public boolean isConnected() {
    return wire.isConnected();
  }

  @Override
  public void setSoTimeout(int millis) throws SocketException {
    wire.setSoTimeout(millis);
  }

  @Override
  public int getSoTimeout() throws SocketException {
    return wire.getSoTimeout();
  }

  @Override
  public void setTcpNoDelay(boolean on) throws SocketException {
    wire.setTcpNoDelay(on);
  }

  @Override
  public void shutdownInput() throws IOException {
    wire.shutdownInput();
  }

  @Override
  public void shutdownOutput() throws IOException {
    wire.shutdownOutput();
  }

  @Override
  public void setSSLParameters(SSLParameters parameters) {
    secured().setSSLParameters(parameters);
  }

  @Override
  public SSLParameters getSSLParameters() {
    return secured().getSSLParameters();
  }

  @Override
  public SSLSession getSession() {
    return secured().getSession();
  }

  @Override
  public String[] getSupportedCipherSuites() {
    return tls.getSupportedCipherSuites();
  }

  @Override
  public String[] getEnabledCipherSuites() {
    return secured().getEnabledCipherSuites();
  }

  @Override
  public void setEnabledCipherSuites(String[] suites) {
    secured().setEnabledCipherSuites(suites);
  }

  @Override
  public String[] getSupportedProtocols() {
    return secured().getSupportedProtocols();
  }

  @Override
  public String[] getEnabledProtocols() {
    return secured().getEnabledProtocols();
  }

  @Override
  public void setEnabledProtocols(String[] protocols) {
    secured().setEnabledProtocols(protocols);
  }

  @Override
  public void addHandshakeCompletedListener(HandshakeCompletedListener listener) {
    secured().addHandshakeCompletedListener(listener);
  }

  @Override
  public void removeHandshakeCompletedListener(HandshakeCompletedListener listener) {
    secured().removeHandshakeCompletedListener(listener);
  }

  @Override
  public void setUseClientMode(boolean mode) {
    secured().setUseClientMode(mode);
  }

  @Override
  public boolean getUseClientMode() {
    return true;
  }

  @Override
  public void setNeedClientAuth(boolean need) {
    secured().setNeedClientAuth(need);
  }

  @Override
  public boolean getNeedClientAuth() {
    return false;
  }

  @Override
  public void setWantClientAuth(boolean want) {
    secured().setWantClientAuth(want);
  }

  @Override
  public boolean getWantClientAuth() {
    return false;
  }

  @Override
  public void setEnableSessionCreation(boolean allowed) {
    secured().setEnableSessionCreation(allowed);
  }

  @Override
  public boolean getEnableSessionCreation() {
    return true;
  }
}
