// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.init;

import dev.bartizan.crypto.keystore.Ueid;
import dev.bartizan.fleet.FleetSettings;
import dev.bartizan.fleet.credential.CertificateAuthority;
import dev.bartizan.fleet.credential.Credentials;
import dev.bartizan.protocol.jws.SpiffeId;
import dev.bartizan.updater.disk.SharedDirectory;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A real mosquitto with the configuration that a new fleet gets, and the fleet's certificates. */
public final class ShippedBroker implements AutoCloseable {
  private static final SecureRandom RANDOM = new SecureRandom();

  private final SharedDirectory directory;
  private final FleetSettings settings;
  private final Process process;

  private ShippedBroker(SharedDirectory directory, FleetSettings settings, Process process) {
    this.directory = directory;
    this.settings = settings;
    this.process = process;
  }

  /** Founds a fleet in {@code folder} and starts its broker. */
  public static ShippedBroker start(Path folder) throws IOException {
    SharedDirectory directory = new SharedDirectory(folder);
    FleetSettings settings =
        new FleetSettings(
            "fleet.example", "ssl://localhost:" + freePair(), URI.create("http://localhost:8080/"));
    NewFleet.found(directory, settings, List.of("localhost"), Clock.systemUTC(), RANDOM);
    new BrokerFiles(directory).write(settings);
    Process process =
        new ProcessBuilder("mosquitto", "-c", directory.path("broker/mosquitto.conf").toString())
            .redirectErrorStream(true)
            .start();
    awaitRunning(process.inputReader(StandardCharsets.UTF_8));
    return new ShippedBroker(directory, settings, process);
  }

  public SharedDirectory directory() {
    return directory;
  }

  public FleetSettings settings() {
    return settings;
  }

  /** Where devices connect. */
  public int port() {
    return portOf(settings.broker());
  }

  /** Where operators connect. */
  public int operatorsPort() {
    return portOf(settings.operators());
  }

  public CertificateAuthority authority() throws Exception {
    return CertificateAuthority.load(directory, Clock.systemUTC(), RANDOM);
  }

  public Credentials operator() throws Exception {
    return Credentials.load(directory, Credentials.OPERATOR);
  }

  /** A device that was enrolled: a key with a certificate of the fleet's authority. */
  public Credentials device(Ueid ueid) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    KeyPair pair = generator.generateKeyPair();
    CertificateAuthority authority = authority();
    return new Credentials(
        pair.getPrivate(),
        List.of(
            authority.issueIdentity(
                new SpiffeId(settings.trustDomain(), ueid),
                (ECPublicKey) pair.getPublic(),
                Duration.ofDays(1)),
            authority.certificate()));
  }

  /** Connects as somebody, where devices do. */
  public RawMqtt connect(Credentials who) throws Exception {
    return RawMqtt.connect(port(), who, authority().certificate());
  }

  /** Connects the operator, where operators do. */
  public RawMqtt connectOperator() throws Exception {
    return RawMqtt.connect(operatorsPort(), operator(), authority().certificate());
  }

  private static void awaitRunning(BufferedReader log) throws IOException {
    StringBuilder seen = new StringBuilder();
    for (String line = log.readLine(); line != null; line = log.readLine()) {
      seen.append(line).append('\n');
      if (line.endsWith(" running")) {
        return;
      }
    }
    throw new IOException("mosquitto did not start: " + seen);
  }

  private static int freePair() throws IOException {
    while (true) {
      try (ServerSocket first = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
          ServerSocket second =
              new ServerSocket(first.getLocalPort() + 1, 1, InetAddress.getLoopbackAddress())) {
        return second.getLocalPort() - 1;
      } catch (java.net.BindException taken) {
        // Another pair, then.
      }
    }
  }

  private static int portOf(String address) {
    return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
  }

  @Override
  public void close() throws IOException {
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while stopping mosquitto", interrupted);
    }
  }
}
