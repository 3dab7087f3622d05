// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.life;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bartizan.fleet.DatabaseChoice;
import dev.bartizan.fleet.FleetSettings;
import dev.bartizan.fleet.LifeOfCredentials;
import dev.bartizan.systemtest.lab.Background;
import dev.bartizan.systemtest.lab.Distribution;
import dev.bartizan.systemtest.lab.FileTree;
import dev.bartizan.systemtest.lab.Lab;
import dev.bartizan.systemtest.lab.Models;
import dev.bartizan.systemtest.lab.Patience;
import dev.bartizan.systemtest.lab.Ports;
import dev.bartizan.systemtest.lab.Program.Outcome;
import dev.bartizan.systemtest.lab.TestDevice;
import dev.bartizan.updater.disk.SharedDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** One device's life, step by step; each step leaves the device for the next. */
final class Life implements AutoCloseable {
  /** The shortest that there is. */
  private static final Duration CERTIFICATE = Duration.ofMinutes(1);

  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final String name;
  private final Path home;
  private final Lab lab;
  private final int port = Ports.free();
  private final List<String> figures = new ArrayList<>();
  private Background server;
  private Background daemon;

  Life(String name, DatabaseChoice database) throws Exception {
    this.name = name;
    home = Files.createTempDirectory("b");
    lab = Lab.founded(Distribution.built(), home);
    SharedDirectory directory = new SharedDirectory(lab.operator().directory());
    FleetSettings.load(directory)
        .with(LifeOfCredentials.of(CERTIFICATE))
        .with(database)
        .store(directory);
    Path configured =
        lab.device()
            .configurationWith(
                "[fleet]",
                "[fleet]\nserver = \"https://localhost:" + port + "\"\nreport_every_seconds = 10");
    Files.move(configured, lab.device().configuration(), StandardCopyOption.REPLACE_EXISTING);
  }

  TestDevice device() {
    return lab.device();
  }

  void note(String figure) {
    figures.add(figure);
  }

  private void took(String what, Instant since) {
    note(what + " " + Duration.between(since, Instant.now()).toMillis() + " ms");
  }

  String figures() {
    return "the life of a device on " + name + ": " + String.join("; ", figures);
  }

  void enrols() throws Exception {
    lab.vouch();
    Instant start = Instant.now();
    lab.enrol(); // By a server of its own, which is gone when this one takes the database.
    took("enrolled in", start);
    server = lab.operator().serve(port);
    daemon = device().launch();
    await("the daemon", () -> device().status().has("agent"));
  }

  void reportsAndGetsAKey() throws Exception {
    release("1.0.0");
    assertFalse(Files.exists(lab.operator().envelopes()), "no key is shipped ahead");
    Instant start = Instant.now();
    Outcome updated = update("1.0.0");
    took("had model and key in", start);
    assertEquals(0, updated.exit(), () -> updated + log());
    assertServing("1.0.0");
    assertKeys(1);
    assertEquals(lab.ueid(), keyLog().at("/given/0/device").asText());
    await("an answer to its report", () -> !status("attestation", "last").isEmpty());
  }

  void renewsWhileItServes() throws Exception {
    int connections = connections();
    Instant start = Instant.now();
    awaitNext(certificate());
    took("renewed after", start);
    await("the link with the new certificate", () -> connections() > connections);
    await("the broker", () -> status("broker").equals("connected"));
    lab.command("status").expect(0);
  }

  void isQuarantinedAndGetsNeitherKeyNorCertificate() throws Exception {
    lab.operator().run("device", "quarantine", lab.ueid());
    String last = certificate();
    release("1.1.0");
    Outcome refused = update("1.1.0");
    assertNotEquals(0, refused.exit(), refused::toString);
    assertServing("1.0.0");
    assertKeys(1);
    await("the server's no", () -> status("credentials", "last_error").contains("NOT_WELCOME"));
    assertEquals(last, certificate());
    assertServing("1.0.0");
  }

  void isReleasedAndGetsBoth() throws Exception {
    String last = certificate();
    Instant start = Instant.now();
    lab.operator().run("device", "release", lab.ueid());
    awaitNext(last);
    took("a certificate after release in", start);
    Outcome updated = update("1.1.0");
    assertEquals(0, updated.exit(), () -> updated + log());
    assertServing("1.1.0");
    assertKeys(2);
    lab.operator().run("key", "log", "--verify");
  }

  void isOfflinePastItsCertificateAndComesBackAlone() throws Exception {
    server.close();
    lab.broker().stop();
    String last = certificate();
    Instant end = Instant.parse(status("credentials", "not_after"));
    await("the end of its certificate", () -> Instant.now().isAfter(end.plusSeconds(1)));
    assertServing("1.1.0");

    lab.broker().restart();
    Instant start = Instant.now();
    server = lab.operator().serve(port);
    awaitNext(last);
    took("came back alone in", start);
    await("the broker", () -> status("broker").equals("connected"));
    assertEquals("enrolled", known("state"));
    lab.command("status").expect(0);
  }

  void isDecommissioned() throws Exception {
    Path key = home.resolve("end.key");
    lab.operator().plain("key", "create", key.toString()).expect(0);
    lab.operator().release("destructive-key", home.resolve("end.pub").toString());
    device().run("update", "--check").expect(0);
    Instant start = Instant.now();
    Outcome ended = decommission(key);
    took("decommissioned in", start);
    assertEquals(0, ended.exit(), () -> ended + log());
    assertEquals(2, daemon.await());
    assertEquals("decommissioned", known("state"));
    // Who came back has new certificates, and may have been given what it serves by them too.
    lab.operator().run("key", "log", "--verify");
  }

  /** Again until the device knows the policy that names the key: by a strange one it is deaf. */
  private Outcome decommission(Path key) throws Exception {
    String[] arguments = {
      "device", "decommission", lab.ueid(), "--key", key.toString(), "--timeout", "15"
    };
    Outcome ended = lab.operator().attempt(arguments);
    for (int i = 0; i < 8 && ended.exit() == 3; i++) {
      ended = lab.operator().attempt(arguments);
    }
    return ended;
  }

  private void release(String version) throws Exception {
    lab.release(version, Models.file(version), Models.golden(version), "--keys", "attested");
  }

  private Outcome update(String version) throws Exception {
    return lab.command("update", "model=" + Models.NAME, "version=" + version);
  }

  private void assertServing(String version) throws Exception {
    assertEquals(version, device().serving(Models.NAME));
  }

  /** How many the server has given away, by its own record. */
  private void assertKeys(int count) throws Exception {
    assertEquals(count, keyLog().path("entries").asInt(), this::log);
  }

  private JsonNode keyLog() throws Exception {
    return JSON.readTree(lab.operator().run("key", "log", "--json").out());
  }

  /** Waits for a certificate that is not {@code before}, upon evidence as it is. */
  private void awaitNext(String before) throws Exception {
    await(
        "the next certificate",
        () -> !certificate().equals(before) && status("credentials", "last_error").isEmpty());
  }

  private String certificate() throws Exception {
    String certificate = known("identity_certificate");
    assertTrue(!certificate.isEmpty());
    return certificate;
  }

  private String known(String field) throws Exception {
    String json = lab.operator().run("device", "show", lab.ueid(), "--json").out();
    return JSON.readTree(json).path(field).asText();
  }

  private String status(String... path) throws IOException {
    JsonNode node = device().status();
    for (String part : path) {
      node = node.path(part);
    }
    return node.asText();
  }

  /** How often the broker has let the device in. */
  private int connections() throws IOException {
    String log = Files.readString(lab.operator().directory().resolve("mosquitto.log"));
    return (int)
        log.lines()
            .filter(line -> line.contains("New client connected"))
            .filter(line -> line.contains(" as " + lab.ueid()))
            .count();
  }

  private static void await(String what, Patience.Question question) throws Exception {
    Patience.await(what, PATIENCE, question);
  }

  private String log() {
    try {
      return daemon.log() + server.log();
    } catch (IOException unreadable) {
      return unreadable.toString();
    }
  }

  @Override
  public void close() throws IOException {
    if (server != null) {
      server.close();
    }
    lab.close();
    FileTree.delete(home);
  }
}
