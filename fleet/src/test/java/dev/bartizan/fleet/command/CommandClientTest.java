// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.keystore.Protection;
import dev.bartizan.crypto.keystore.Ueid;
import dev.bartizan.fleet.cli.CommandCommand;
import dev.bartizan.fleet.credential.CertificateAuthority;
import dev.bartizan.fleet.credential.Credentials;
import dev.bartizan.fleet.credential.OperatorKeys;
import dev.bartizan.fleet.database.Databases;
import dev.bartizan.fleet.device.Device;
import dev.bartizan.fleet.device.Endorsement;
import dev.bartizan.fleet.init.ShippedBroker;
import dev.bartizan.protocol.cli.Console;
import dev.bartizan.protocol.cli.Failures;
import dev.bartizan.protocol.command.AuthorisedCommand;
import dev.bartizan.protocol.command.Command;
import dev.bartizan.protocol.command.CommandKeys;
import dev.bartizan.protocol.command.CommandRefusal;
import dev.bartizan.protocol.command.CommandVerifier;
import dev.bartizan.protocol.jws.SpiffeId;
import dev.bartizan.updater.disk.SharedDirectory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.eclipse.paho.client.mqttv3.MqttClient;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The operator's command against a real broker, with a client that plays the device. */
class CommandClientTest {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Ueid DEVICE = Ueid.of(Digest.of(new byte[] {1}));

  private final Clock clock = Clock.systemUTC();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  @TempDir private Path folder;
  private SharedDirectory directory;
  private CertificateAuthority authority;
  private ShippedBroker broker;

  @BeforeEach
  void found() throws Exception {
    broker = ShippedBroker.start(folder.resolve("fleet"));
    directory = broker.directory();
    authority = broker.authority();
    takeIn();
  }

  @AfterEach
  void stop() throws Exception {
    broker.close();
  }

  @Test
  void aSignedCommandArrivesAndItsAnswerComesBack() throws Exception {
    try (PlayedDevice device = new PlayedDevice("done")) {
      int exit = run("update", "model=defect", "--to", DEVICE.text(), "--wait", "--timeout", "20");

      assertEquals(0, exit, out.toString(StandardCharsets.UTF_8));
      assertEquals("update", device.obeyed().name());
      assertEquals("defect", device.obeyed().arguments().get("model"));
    }
  }

  @Test
  void aCommandThatWasNotObeyedExitsWithOne() throws Exception {
    try (PlayedDevice device = new PlayedDevice("refused")) {
      assertEquals(1, run("update", "--to", DEVICE.text(), "--wait", "--timeout", "20"));
      assertEquals("update", device.obeyed().name());
    }
  }

  @Test
  void noAnswerInTimeExitsWithThree() {
    assertEquals(3, run("update", "--to", DEVICE.text(), "--wait", "--timeout", "1"));
  }

  @Test
  void aBrokerThatIsDownExitsWithThree() throws Exception {
    broker.close();

    assertEquals(3, run("update", "--to", DEVICE.text()));
  }

  @Test
  void aWrongCommandLineExitsWithTwo() {
    assertEquals(2, run("../update", "--to", DEVICE.text()));
    assertEquals(2, run("update", "--to", "nobody at all"));
    assertEquals(2, run("cancel", "deployment=", "--to", DEVICE.text()));
  }

  // Attack: a client with a certificate of another authority.
  @Test
  void aStrangerIsNotLetIn() throws Exception {
    CertificateAuthority other =
        CertificateAuthority.create(
            new SharedDirectory(folder.resolve("other")), "other.example", clock, RANDOM);
    Credentials stranger = other.issueOperator("mallory", Duration.ofDays(1));

    assertThrows(
        IOException.class,
        () ->
            CommandClient.connect(
                broker.settings().operators(), stranger, authority.certificate(), "mallory"));
  }

  private int run(String... arguments) {
    PrintStream print = new PrintStream(out, true);
    CommandCommand command = new CommandCommand(clock, RANDOM, new Console(print, print));
    String[] all = Arrays.copyOf(arguments, arguments.length + 2);
    all[arguments.length] = "--dir";
    all[arguments.length + 1] = folder.resolve("fleet").toString();
    return new CommandLine(command).setExecutionExceptionHandler(new Failures()).execute(all);
  }

  private void takeIn() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    ECPublicKey key = (ECPublicKey) generator.generateKeyPair().getPublic();
    SpiffeId id = new SpiffeId("fleet.example", DEVICE);
    X509Certificate certificate = authority.issueIdentity(id, key, Duration.ofDays(1));
    Databases.of(directory)
        .devices()
        .enrol(
            new Device(
                DEVICE,
                Device.State.ENROLLED,
                "default",
                Set.of(),
                clock.instant(),
                Protection.Kind.TPM2,
                Optional.of(
                    new Device.Chip(
                        new Endorsement(Endorsement.By.MAKER, Digest.of(new byte[0])),
                        Bytes.of(new byte[] {3}))),
                certificate,
                certificate,
                Optional.empty(),
                false));
  }

  /** Accepts commands as a device would, and answers them all in one way. */
  private final class PlayedDevice implements AutoCloseable {
    private final MqttClient client;
    private final CompletableFuture<Command> obeyed = new CompletableFuture<>();

    PlayedDevice(String status) throws Exception {
      client = new MqttClient(broker.settings().broker(), DEVICE.text(), new MemoryPersistence());
      MqttConnectOptions options = new MqttConnectOptions();
      options.setSocketFactory(
          broker.device(DEVICE).tls(authority.certificate()).getSocketFactory());
      client.connect(options);
      client.setTimeToWait(5000);
      client.subscribe(
          "bartizan/" + DEVICE.text() + "/command",
          1,
          (topic, message) -> answer(message.getPayload(), status));
    }

    Command obeyed() throws Exception {
      return obeyed.get(20, TimeUnit.SECONDS);
    }

    private void answer(byte[] compact, String status) throws Exception {
      CommandKeys keys =
          new CommandKeys(
              List.of(
                  new CommandKeys.Entry(
                      new OperatorKeys(directory).publicKey(OperatorKeys.COMMAND),
                      Set.of("update"))));
      Command command = accept(compact, keys).command();
      obeyed.complete(command);
      for (String step : List.of("accepted", status)) {
        String json = "{\"jti\":\"%s\",\"status\":\"%s\"}".formatted(command.id(), step);
        client
            .getTopic("bartizan/" + DEVICE.text() + "/response")
            .publish(json.getBytes(StandardCharsets.UTF_8), 1, false);
      }
    }

    private AuthorisedCommand accept(byte[] compact, CommandKeys keys) throws CommandRefusal {
      return new CommandVerifier(DEVICE, Set.of()).accept(compact, keys, clock.instant());
    }

    @Override
    public void close() throws MqttException {
      client.disconnect();
      client.close();
    }
  }
}
