// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.init;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.keystore.Ueid;
import dev.bartizan.fleet.credential.CertificateAuthority;
import dev.bartizan.fleet.credential.Credentials;
import dev.bartizan.updater.disk.SharedDirectory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.eclipse.paho.client.mqttv3.MqttClient;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The generated configuration in a real broker, which devices and thieves then talk to. */
class BrokerFilesTest {
  private static final Ueid DEVICE = Ueid.of(Digest.of(new byte[] {1}));
  private static final Ueid OTHER = Ueid.of(Digest.of(new byte[] {2}));
  private static final int LEAST_ONCE = 1;

  @TempDir private Path folder;
  private final SecureRandom random = new SecureRandom();
  private final List<AutoCloseable> open = new ArrayList<>();
  private ShippedBroker broker;

  @BeforeEach
  void startTheBroker() throws Exception {
    broker = ShippedBroker.start(folder);
    open.add(broker);
  }

  @AfterEach
  void stopAll() throws Exception {
    for (int i = open.size() - 1; i >= 0; i--) {
      open.get(i).close();
    }
  }

  @Test
  void aDeviceHearsItsOwnCommandsAndThoseOfGroups() throws Exception {
    BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    MqttClient device = connect(device(DEVICE), DEVICE.text());
    subscribe(device, "bartizan/" + DEVICE.text() + "/command", heard);
    subscribe(device, "bartizan/group/cameras/command", heard);
    MqttClient operator = connect(operator(), "operator");
    publish(operator, "bartizan/" + DEVICE.text() + "/command", "own");
    publish(operator, "bartizan/group/cameras/command", "group");
    assertEquals("own", next(heard));
    assertEquals("group", next(heard));
  }

  @Test
  void theOperatorHearsWhatADeviceSaysOfItself() throws Exception {
    BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    subscribe(connect(operator(), "operator"), "bartizan/#", heard);
    MqttClient device = connect(device(DEVICE), DEVICE.text());
    for (String channel : List.of("telemetry", "event", "response")) {
      publish(device, "bartizan/" + DEVICE.text() + "/" + channel, channel);
      assertEquals(channel, next(heard));
    }
  }

  /** Attack: a device in a thief's hands speaks as another, or commands the fleet. */
  @Test
  void aDeviceSpeaksAsNobodyElse() throws Exception {
    BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    subscribe(connect(operator(), "operator"), "bartizan/#", heard);
    MqttClient thief = connect(device(OTHER), "thief");
    publish(thief, "bartizan/" + DEVICE.text() + "/telemetry", "all is well");
    publish(thief, "bartizan/" + DEVICE.text() + "/command", "rollback");
    publish(thief, "bartizan/group/cameras/command", "rollback");
    // The broker takes one client's messages in order: what it had let through came before this.
    publish(thief, "bartizan/" + OTHER.text() + "/telemetry", "its own");
    assertEquals("its own", next(heard));
  }

  /** Attack: a device listens to what others are told and tell. */
  @Test
  void aDeviceHearsNobodyElse() throws Exception {
    BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    subscribe(connect(device(OTHER), "thief"), "#", heard);
    MqttClient device = connect(device(DEVICE), DEVICE.text());
    publish(device, "bartizan/" + DEVICE.text() + "/telemetry", "what it says");
    MqttClient operator = connect(operator(), "operator");
    publish(operator, "bartizan/" + DEVICE.text() + "/command", "what it is told");
    publish(operator, "bartizan/" + OTHER.text() + "/command", "the thief's own");
    assertEquals("the thief's own", next(heard));
  }

  /** Attack: a certificate of somebody else's authority that says it is the operator. */
  @Test
  void aStrangersCertificateDoesNotConnect() throws Exception {
    SharedDirectory strangers = new SharedDirectory(folder.resolve("strangers"));
    Credentials forged =
        CertificateAuthority.create(strangers, "fleet.example", Clock.systemUTC(), random)
            .issueOperator(NewFleet.OPERATOR, Duration.ofDays(1));
    assertThrows(MqttException.class, () -> connect(forged, "stranger"));
  }

  /** Attack: who breaks into the broker uses its certificate to speak as a client. */
  @Test
  void theBrokersOwnCertificateIsNoClients() throws Exception {
    Credentials own = Credentials.load(broker.directory(), Credentials.BROKER);
    assertThrows(MqttException.class, () -> connect(own, "broker"));
  }

  private Credentials operator() throws Exception {
    return broker.operator();
  }

  private Credentials device(Ueid ueid) throws Exception {
    return broker.device(ueid);
  }

  private MqttClient connect(Credentials credentials, String id) throws Exception {
    boolean operator = credentials.certificate().equals(broker.operator().certificate());
    int port = operator ? broker.operatorsPort() : broker.port();
    SSLContext tls = credentials.tls(broker.authority().certificate());
    MqttConnectOptions options = new MqttConnectOptions();
    options.setSocketFactory(tls.getSocketFactory());
    options.setHttpsHostnameVerificationEnabled(true);
    MqttClient client = new MqttClient("ssl://localhost:" + port, id, new MemoryPersistence());
    client.setTimeToWait(TimeUnit.SECONDS.toMillis(20));
    client.connect(options);
    open.add(client::disconnect);
    return client;
  }

  private static void subscribe(MqttClient client, String topic, BlockingQueue<String> heard)
      throws MqttException {
    client.subscribe(
        topic,
        LEAST_ONCE,
        (name, message) -> heard.add(new String(message.getPayload(), StandardCharsets.UTF_8)));
  }

  private static void publish(MqttClient client, String topic, String text) throws MqttException {
    client.publish(topic, text.getBytes(StandardCharsets.UTF_8), LEAST_ONCE, false);
  }

  private static String next(BlockingQueue<String> heard) throws InterruptedException {
    return String.valueOf(heard.poll(20, TimeUnit.SECONDS));
  }
}
