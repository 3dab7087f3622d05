// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bartizan.crypto.keystore.Ueid;
import dev.bartizan.fleet.database.Databases;
import dev.bartizan.systemtest.lab.Background;
import dev.bartizan.systemtest.lab.Distribution;
import dev.bartizan.systemtest.lab.FileTree;
import dev.bartizan.systemtest.lab.Lab;
import dev.bartizan.systemtest.lab.Models;
import dev.bartizan.systemtest.lab.Patience;
import dev.bartizan.systemtest.lab.Ports;
import dev.bartizan.systemtest.lab.Program.Outcome;
import dev.bartizan.updater.disk.SharedDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A model whose key goes against evidence alone. */
final class AttestedKeyIT {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private Path home = Path.of("");
  private Lab lab;
  private Background server;

  @BeforeEach
  void found() throws Exception {
    home = Files.createTempDirectory("b");
    lab = Lab.founded(Distribution.built(), home);
    lab.enrol();
    int port = Ports.free();
    Path configured =
        lab.device()
            .configurationWith(
                "[fleet]",
                "[fleet]\nserver = \"https://localhost:" + port + "\"\nreport_every_seconds = 10");
    Files.move(configured, lab.device().configuration(), StandardCopyOption.REPLACE_EXISTING);
    server = lab.operator().serve(port, "--refresh-every", "5");
  }

  @AfterEach
  void switchOff() throws Exception {
    server.close();
    lab.close();
    FileTree.delete(home);
  }

  private void release(String version) throws Exception {
    lab.release(version, Models.file(version), Models.golden(version), "--keys", "attested");
  }

  private Outcome update(String version) throws Exception {
    return lab.command("update", "model=" + Models.NAME, "version=" + version);
  }

  private JsonNode keyLog() throws Exception {
    return new ObjectMapper().readTree(lab.operator().run("key", "log", "--json").out());
  }

  @Test
  void aDeviceGetsItAsLongAsItsEvidenceAndItsStandingAreGood() throws Exception {
    lab.vouch();
    release("1.0.0");
    assertFalse(Files.exists(lab.operator().directory().resolve("served/keys")));
    lab.device().start();

    Outcome updated = update("1.0.0");

    assertEquals(0, updated.exit(), () -> updated + log());
    assertEquals("1.0.0", lab.device().serving(Models.NAME));
    assertEquals(1, keyLog().path("entries").asInt());
    assertEquals(lab.ueid(), keyLog().at("/given/0/device").asText());
    SharedDirectory fleet = new SharedDirectory(lab.operator().directory());
    Patience.await("a report by itself", PATIENCE, () -> isReported(fleet));
    Patience.await(
        "its answer in status",
        PATIENCE,
        () -> !lab.device().status().at("/attestation/last").asText().isEmpty());

    lab.operator().run("device", "quarantine", lab.ueid());
    release("1.1.0");
    Outcome refused = update("1.1.0");
    assertTrue(refused.exit() != 0, refused::toString);
    assertEquals("1.0.0", lab.device().serving(Models.NAME));
    assertEquals(1, keyLog().path("entries").asInt());

    lab.operator().run("device", "release", lab.ueid());
    Outcome again = update("1.1.0");
    assertEquals(0, again.exit(), () -> again + log());
    assertEquals("1.1.0", lab.device().serving(Models.NAME));
    assertEquals(2, keyLog().path("entries").asInt());
    lab.operator().run("key", "log", "--verify");
  }

  private boolean isReported(SharedDirectory fleet) throws IOException {
    try {
      return Databases.once(
          fleet, database -> database.results().latest(Ueid.parse(lab.ueid())).isPresent());
    } catch (IOException unreadable) {
      throw unreadable;
    } catch (Exception refused) {
      throw new IOException(refused);
    }
  }

  private String log() {
    try {
      return lab.device().log() + server.log();
    } catch (IOException unreadable) {
      return unreadable.toString();
    }
  }
}
