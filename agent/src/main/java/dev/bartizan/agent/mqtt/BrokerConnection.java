// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.mqtt;

import dev.bartizan.crypto.TouchesTheWorld;
import dev.bartizan.crypto.mqtt.BrokerSockets;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.eclipse.paho.client.mqttv3.MqttCallback;
import org.eclipse.paho.client.mqttv3.MqttClient;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;

/**
 * One attempt to reach the broker, and the connection if it succeeds. Closed, it is closed for good
 * in whatever phase it was: the library has states it does not leave by itself, such as waiting for
 * a broker that is silent after TLS.
 */
@TouchesTheWorld("the network: one MQTT connection")
final class BrokerConnection implements AutoCloseable {
  /** A command is 8 KiB at most; the rest is the topic and what later versions may add. */
  static final int MAX_PACKET = 64 * 1024;

  private static final int QOS = 1;
  private static final int REFUSED = 0x80;
  private static final Duration KEEP_ALIVE = Duration.ofSeconds(60);

  /** What is under way when a connection is closed stays in the outbox: nothing to wait for. */
  private static final long AT_ONCE = 0;

  private static final long FAREWELL_MILLIS = 1000;

  private final BrokerSockets sockets;
  private final MqttClient client;
  private final Duration patience;

  /**
   * Nothing is connected yet.
   *
   * @param patience for connecting and subscribing together, and for each message
   * @throws IOException when nothing could ever be connected to that address
   */
  BrokerConnection(BrokerAddress address, Duration patience) throws IOException {
    this.sockets = new BrokerSockets(address.tls(), MAX_PACKET);
    this.patience = patience;
    try {
      this.client =
          new MqttClient(
              address.broker().toString(), address.device().text(), new MemoryPersistence());
    } catch (MqttException | IllegalArgumentException unusable) {
      throw new IOException("broker " + address.broker() + ": " + unusable.getMessage(), unusable);
    }
    client.setManualAcks(true);
  }

  /** Connects and subscribes, both within the patience. */
  void open(Topics topics, MqttCallback receiver) throws MqttException, IOException {
    long end = System.nanoTime() + patience.toNanos();
    client.setCallback(receiver);
    client.setTimeToWait(patience.toMillis());
    client.connect(options());
    client.setTimeToWait(Math.max(1, TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime())));
    subscribe(topics.commands().toArray(String[]::new));
    client.setTimeToWait(patience.toMillis());
  }

  private void subscribe(String[] topics) throws MqttException, IOException {
    int[] granted = new int[topics.length];
    Arrays.fill(granted, QOS);
    client.subscribe(topics, granted);
    for (int i = 0; i < topics.length; i++) {
      if (granted[i] == REFUSED) {
        throw new IOException("the broker does not let us hear " + topics[i]);
      }
    }
  }

  private MqttConnectOptions options() {
    MqttConnectOptions options = new MqttConnectOptions();
    options.setSocketFactory(sockets);
    options.setHttpsHostnameVerificationEnabled(true);
    // The broker keeps commands for a device that is away.
    options.setCleanSession(false);
    options.setKeepAliveInterval((int) KEEP_ALIVE.toSeconds());
    options.setConnectionTimeout((int) Math.max(1, patience.toSeconds()));
    options.setMqttVersion(MqttConnectOptions.MQTT_VERSION_3_1_1);
    return options;
  }

  /** Blocks until the broker has acknowledged; throws when the connection is gone. */
  void publish(String topic, byte[] payload) throws MqttException {
    client.publish(topic, payload, QOS, false);
  }

  void acknowledge(int id, int qos) throws MqttException {
    client.messageArrivedComplete(id, qos);
  }

  @Override
  public void close() {
    try {
      if (client.isConnected()) {
        client.disconnectForcibly(AT_ONCE, FAREWELL_MILLIS);
      }
    } catch (MqttException alreadyGone) {
      // The sockets go in any case.
    }
    // Whatever the library still waits for ends by this, and its threads after it. To close the
    // client now as well would make it forget the threads that it is about to stop.
    sockets.close();
  }
}
