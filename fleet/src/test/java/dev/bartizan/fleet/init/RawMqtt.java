// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.init;

import dev.bartizan.fleet.credential.Credentials;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;

/**
 * MQTT 3.1.1 as an attacker speaks it: packet by packet, with no library that minds its manners.
 */
public final class RawMqtt implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 20_000;
  private static final int CONNACK = 0x20;
  private static final int PUBLISH = 0x30;
  private static final int PUBACK = 0x40;
  private static final int SUBACK = 0x90;
  private static final int PINGRESP = 0xd0;

  private final SSLSocket socket;
  private final DataInputStream in;
  private final DataOutputStream out;
  private final List<String> heard = new ArrayList<>();

  /** A packet: its first byte and what comes after its length. */
  @SuppressWarnings("ArrayRecordComponent") // Looked at once, never compared.
  public record Packet(int type, byte[] body) {}

  /** A last will. */
  public record Will(String topic, String text, boolean retained) {}

  private RawMqtt(SSLSocket socket) throws IOException {
    this.socket = socket;
    this.in = new DataInputStream(socket.getInputStream());
    this.out = new DataOutputStream(socket.getOutputStream());
  }

  /** TCP alone; TLS begins with the first word. */
  public static RawMqtt connect(int port, Credentials who, X509Certificate authority)
      throws Exception {
    SSLSocket socket =
        (SSLSocket) who.tls(authority).getSocketFactory().createSocket("localhost", port);
    socket.setSoTimeout(PATIENCE_MILLIS);
    return new RawMqtt(socket);
  }

  /** CONNECT with a clean session; whether it was accepted. */
  public boolean hello(String clientId) throws IOException {
    return hello(clientId, true, Optional.empty());
  }

  /** CONNECT; whether it was accepted. */
  public boolean hello(String clientId, boolean clean, Optional<Will> will) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    DataOutputStream fields = new DataOutputStream(body);
    fields.writeUTF("MQTT");
    fields.writeByte(4);
    int flags = clean ? 2 : 0;
    if (will.isPresent()) {
      flags |= 4 | 8 | (will.get().retained() ? 32 : 0);
    }
    fields.writeByte(flags);
    fields.writeShort(60);
    fields.writeUTF(clientId);
    if (will.isPresent()) {
      fields.writeUTF(will.get().topic());
      fields.writeUTF(will.get().text());
    }
    try {
      send(0x10, body.toByteArray());
      Optional<Packet> answer = await(CONNACK);
      return answer.isPresent() && answer.get().body()[1] == 0;
    } catch (SSLException | SocketException refused) {
      return false;
    }
  }

  /** SUBSCRIBE; whether the broker answered at all. */
  public boolean subscribe(String topic) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    DataOutputStream fields = new DataOutputStream(body);
    fields.writeShort(1);
    fields.writeUTF(topic);
    fields.writeByte(1);
    send(0x82, body.toByteArray());
    return await(SUBACK).isPresent();
  }

  /** PUBLISH with QoS 1; whether it was acknowledged, which says nothing of who got it. */
  public boolean publish(String topic, String text) throws IOException {
    return publish(topic, text, false);
  }

  public boolean publish(String topic, String text, boolean retained) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    DataOutputStream fields = new DataOutputStream(body);
    fields.writeUTF(topic);
    fields.writeShort(1);
    fields.write(text.getBytes(StandardCharsets.UTF_8));
    send(0x32 | (retained ? 1 : 0), body.toByteArray());
    return await(PUBACK).isPresent();
  }

  /** Whether the session lives: the broker answers a ping. */
  public boolean lives() throws IOException {
    try {
      send(0xc0, new byte[0]);
    } catch (SSLException | SocketException gone) {
      return false;
    }
    return await(PINGRESP).isPresent();
  }

  /** All that was heard, after everything the broker had sent before the answer to a ping. */
  public List<String> heard() throws IOException {
    if (!lives()) {
      throw new EOFException("the broker closed the connection");
    }
    return List.copyOf(heard);
  }

  /** Goes without a farewell: the broker then speaks the last will. */
  public void drop() throws IOException {
    socket.close();
  }

  /** Bytes as they are. */
  public void sendRaw(byte[] bytes) throws IOException {
    out.write(bytes);
    out.flush();
  }

  /** Whether the broker has closed or closes the connection within the patience. */
  public boolean isThrownOut() throws IOException {
    while (true) {
      Optional<Packet> next = next();
      if (next.isEmpty()) {
        return true;
      }
      take(next.get());
    }
  }

  private Optional<Packet> await(int type) throws IOException {
    while (true) {
      Optional<Packet> next = next();
      if (next.isEmpty() || (next.get().type() & 0xf0) == type) {
        return next;
      }
      take(next.get());
    }
  }

  private void take(Packet packet) throws IOException {
    if ((packet.type() & 0xf0) == PUBLISH) {
      int topic = ((packet.body()[0] & 0xff) << 8) | (packet.body()[1] & 0xff);
      int text = 2 + topic + ((packet.type() & 0x06) == 0 ? 0 : 2);
      heard.add(
          new String(packet.body(), text, packet.body().length - text, StandardCharsets.UTF_8));
    }
  }

  private Optional<Packet> next() throws IOException {
    try {
      int type = in.readUnsignedByte();
      int length = 0;
      for (int shift = 0; ; shift += 7) {
        int next = in.readUnsignedByte();
        length |= (next & 0x7f) << shift;
        if (next < 0x80) {
          break;
        }
      }
      byte[] body = new byte[length];
      in.readFully(body);
      return Optional.of(new Packet(type, body));
    } catch (EOFException | SSLException | SocketException gone) {
      return Optional.empty();
    }
  }

  private void send(int type, byte[] body) throws IOException {
    ByteArrayOutputStream packet = new ByteArrayOutputStream();
    packet.write(type);
    int length = body.length;
    do {
      packet.write(length % 128 | (length >= 128 ? 0x80 : 0));
      length /= 128;
    } while (length > 0);
    packet.write(body);
    sendRaw(packet.toByteArray());
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
