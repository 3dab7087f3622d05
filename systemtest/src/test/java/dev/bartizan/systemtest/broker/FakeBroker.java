// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.broker;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

/**
 * What stands where the broker should: it has the broker's certificate, and does to each connection
 * in turn what the test says.
 */
final class FakeBroker implements AutoCloseable {
  /** What is done to one connection. */
  @FunctionalInterface
  interface Manners {
    void meet(Guest guest) throws Exception;
  }

  /** One connection, with TLS done. */
  static final class Guest {
    private final DataInputStream in;
    private final DataOutputStream out;

    private Guest(Socket socket) throws IOException {
      in = new DataInputStream(socket.getInputStream());
      out = new DataOutputStream(socket.getOutputStream());
    }

    /** Takes CONNECT and SUBSCRIBE, and says yes to both. */
    void welcome(int topics) throws IOException {
      take();
      send(0x20, new byte[2]);
      byte[] subscribe = take();
      byte[] granted = new byte[2 + topics];
      granted[0] = subscribe[0];
      granted[1] = subscribe[1];
      for (int i = 0; i < topics; i++) {
        granted[2 + i] = 1;
      }
      send(0x90, granted);
    }

    /** Delivers a message with QoS 1, and waits until it is acknowledged. */
    void deliver(String topic, byte[] payload) throws IOException {
      ByteArrayOutputStream body = new ByteArrayOutputStream();
      DataOutputStream fields = new DataOutputStream(body);
      fields.writeUTF(topic);
      fields.writeShort(7);
      fields.write(payload);
      send(0x32, body.toByteArray());
      take();
    }

    /** One packet's body, whatever it is. */
    byte[] take() throws IOException {
      in.readUnsignedByte();
      int length = 0;
      int next;
      int shift = 0;
      do {
        next = in.readUnsignedByte();
        length |= (next & 0x7f) << shift;
        shift += 7;
      } while (next >= 0x80);
      byte[] body = new byte[length];
      in.readFully(body);
      return body;
    }

    void send(int type, byte[] body) throws IOException {
      out.writeByte(type);
      int length = body.length;
      do {
        out.writeByte(length % 128 | (length >= 128 ? 0x80 : 0));
        length /= 128;
      } while (length > 0);
      out.write(body);
      out.flush();
    }

    void raw(byte... bytes) throws IOException {
      out.write(bytes);
      out.flush();
    }

    void leave() throws IOException {
      out.close();
    }

    /** Keeps the connection until the other side ends it. */
    void silence() throws IOException {
      while (in.read() >= 0) {
        // Hears all and answers nothing.
      }
    }
  }

  private final SSLServerSocket listening;
  private final LinkedBlockingQueue<Manners> next = new LinkedBlockingQueue<>();
  private final List<Socket> open = new CopyOnWriteArrayList<>();
  private final CountDownLatch allMet;

  FakeBroker(SSLContext tls, Manners... manners) throws IOException {
    listening =
        (SSLServerSocket)
            tls.getServerSocketFactory()
                .createServerSocket(0, 16, InetAddress.getLoopbackAddress());
    listening.setNeedClientAuth(true);
    next.addAll(List.of(manners));
    allMet = new CountDownLatch(manners.length);
    Thread thread = new Thread(this::accept, "fake broker");
    thread.setDaemon(true);
    thread.start();
  }

  String address() {
    return "ssl://localhost:" + listening.getLocalPort();
  }

  /** Whether as many connections came as there are manners, soon enough. */
  boolean met() throws InterruptedException {
    return allMet.await(30, TimeUnit.SECONDS);
  }

  private void accept() {
    while (!listening.isClosed()) {
      try {
        Socket socket = listening.accept();
        open.add(socket);
        Thread thread = new Thread(() -> meet(socket), "fake broker's guest");
        thread.setDaemon(true);
        thread.start();
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void meet(Socket socket) {
    try (socket) {
      ((SSLSocket) socket).startHandshake();
      Guest guest = new Guest(socket);
      Manners manners = next.poll();
      if (manners != null) {
        allMet.countDown();
        manners.meet(guest);
      }
      guest.silence();
    } catch (Exception over) {
      // The guest has gone: the test looks at what became of the guest.
    }
  }

  @Override
  public void close() throws IOException {
    listening.close();
    for (Socket socket : open) {
      socket.close();
    }
  }
}
