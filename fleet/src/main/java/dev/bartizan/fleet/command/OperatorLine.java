// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.command;

import dev.bartizan.crypto.TouchesTheWorld;
import dev.bartizan.crypto.mqtt.BrokerSockets;
import dev.bartizan.fleet.credential.Credentials;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.util.concurrent.TimeUnit;
import org.eclipse.paho.client.mqttv3.IMqttMessageListener;
import org.eclipse.paho.client.mqttv3.MqttClient;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;

/** A connection with the operator's certificate to a broker that need not be honest. */
@TouchesTheWorld("the network")
public final class OperatorLine implements AutoCloseable {
  /** A report with an event log is the longest thing a device says. */
  private static final int MAX_PACKET = 9 << 20;

  private static final int AT_LEAST_ONCE = 1;
  private static final int PATIENCE_SECONDS = 15;
  private static final long AT_ONCE = 0;
  private static final long FAREWELL_MILLIS = 1000;

  private final MqttClient client;
  private final BrokerSockets sockets;

  private OperatorLine(MqttClient client, BrokerSockets sockets) {
    this.client = client;
    this.sockets = sockets;
  }

  /**
   * Connects.
   *
   * @param broker {@code ssl://HOST:PORT}, where it listens for operators
   * @param authority the only authority the broker's certificate may come from
   * @param clientId unique at the broker
   */
  public static OperatorLine connect(
      String broker, Credentials operator, X509Certificate authority, String clientId)
      throws IOException {
    BrokerSockets sockets = new BrokerSockets(operator.tls(authority), MAX_PACKET);
    try {
      MqttClient client = new MqttClient(broker, clientId, new MemoryPersistence());
      client.setTimeToWait(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
      client.connect(options(sockets));
      return new OperatorLine(client, sockets);
    } catch (MqttException unreachable) {
      sockets.close();
      throw new IOException(broker + ": " + reason(unreachable), unreachable);
    }
  }

  /** Returns when the broker has it. */
  void publish(String topic, byte[] payload) throws IOException {
    try {
      client.publish(topic, payload, AT_LEAST_ONCE, false);
    } catch (MqttException failed) {
      throw new IOException("the broker did not take the message: " + reason(failed), failed);
    }
  }

  void listen(String topic, IMqttMessageListener listener) throws IOException {
    try {
      client.subscribe(topic, AT_LEAST_ONCE, listener);
    } catch (MqttException failed) {
      throw new IOException("the broker does not let us listen: " + reason(failed), failed);
    }
  }

  @Override
  public void close() throws IOException {
    try {
      if (client.isConnected()) {
        client.disconnectForcibly(AT_ONCE, FAREWELL_MILLIS);
      }
    } catch (MqttException failed) {
      throw new IOException("the broker connection did not close: " + reason(failed), failed);
    } finally {
      // The library's threads end by this; see the agent's way to the broker.
      sockets.close();
    }
  }

  private static MqttConnectOptions options(BrokerSockets sockets) {
    MqttConnectOptions options = new MqttConnectOptions();
    options.setCleanSession(true);
    options.setConnectionTimeout(PATIENCE_SECONDS);
    options.setHttpsHostnameVerificationEnabled(true);
    options.setSocketFactory(sockets);
    options.setMqttVersion(MqttConnectOptions.MQTT_VERSION_3_1_1);
    return options;
  }

  private static String reason(MqttException problem) {
    Throwable cause = problem.getCause();
    return String.valueOf(cause == null ? problem.getMessage() : cause.getMessage());
  }
}
