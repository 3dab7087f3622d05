// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bartizan.crypto.tpm.Tpm;
import dev.bartizan.systemtest.lab.Background;
import dev.bartizan.systemtest.lab.Distribution;
import dev.bartizan.systemtest.lab.FileTree;
import dev.bartizan.systemtest.lab.Lab;
import dev.bartizan.systemtest.lab.Models;
import dev.bartizan.systemtest.lab.Patience;
import dev.bartizan.systemtest.lab.Ports;
import dev.bartizan.systemtest.lab.Program.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A device that gets new keys, and then leaves its fleet. */
final class EndOfLifeIT {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final int EPOCH_INDEX = 0x0180_ba10;
  private static final int ANCHOR_INDEX = 0x0180_ba11;

  private Path home = Path.of("");
  private Lab lab;
  private Background server;

  @BeforeEach
  void found() throws Exception {
    home = Files.createTempDirectory("b");
    lab = Lab.founded(Distribution.built(), home);
    lab.enrol();
    int port = Ports.free();
    lab.device().useServer(port);
    server = lab.operator().serve(port);
    lab.vouch();
    lab.release("1.0.0", Models.file("1.0.0"), Models.golden("1.0.0"));
  }

  @AfterEach
  void switchOff() throws Exception {
    server.close();
    lab.close();
    FileTree.delete(home);
  }

  @Test
  void itRotatesItsKeysAndServesAndIsDecommissionedAndNothingIsLeft() throws Exception {
    Background first = lab.device().launch();
    awaitDaemon(first);
    assertEquals(0, lab.command("update", "model=" + Models.NAME, "version=1.0.0").exit());
    String identity = known("identity_certificate");
    Path oldDisk = home.resolve("old");
    Distribution.copy(lab.device().state(), oldDisk);

    Outcome rotated = lab.command("rotate");

    assertEquals(0, rotated.exit(), rotated::toString);
    assertEquals(0, first.await());
    Background second = lab.device().launch();
    awaitDaemon(second);
    Patience.await(
        "the model, by the new key",
        PATIENCE,
        () -> "1.0.0".equals(lab.device().serving("defect")));
    assertNotEquals(identity, known("identity_certificate"));
    assertEquals(0, lab.command("status").exit());

    // Attack: whoever holds the server wants to end its devices.
    Outcome unauthorised = lab.command("decommission");
    assertEquals(1, unauthorised.exit());
    assertTrue(unauthorised.out().contains("NOT_AUTHORISED"), unauthorised::toString);

    Path key = home.resolve("end.key");
    lab.operator().plain("key", "create", key.toString()).expect(0);
    lab.operator().release("destructive-key", home.resolve("end.pub").toString());
    lab.device().run("update", "--check").expect(0);
    Outcome ended = decommission(key);
    assertEquals(0, ended.exit(), () -> ended + log(second));
    assertTrue(ended.err().contains("content, unwrap"), ended::toString);
    assertEquals(2, second.await());
    assertEquals("decommissioned", known("state"));
    assertEquals(List.of(".lock", "decommission.json"), left());
    try (Tpm tpm = lab.device().chip().open()) {
      assertTrue(tpm.nv().find(EPOCH_INDEX).isEmpty());
      assertTrue(tpm.nv().find(ANCHOR_INDEX).isEmpty());
    }
    assertEquals(2, lab.device().launch().await());
    server.close();
    Outcome again = lab.enrolWhere();
    assertTrue(again.err().contains("NOT_WELCOME"), again::toString);

    // Attack: a copy of the disk, in the chip it was of.
    FileTree.delete(lab.device().state());
    Distribution.copy(oldDisk, lab.device().state());
    Outcome check = lab.device().run("check");
    assertEquals(1, check.exit());
    assertTrue(check.out().contains("EPOCH_OVER"), check::toString);
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

  private void awaitDaemon(Background daemon) throws Exception {
    Patience.await(
        "the daemon",
        PATIENCE,
        () -> {
          if (!daemon.isAlive()) {
            throw new IOException("the daemon ended: " + daemon.log());
          }
          return lab.device().status().has("agent");
        });
  }

  private String known(String field) throws Exception {
    String json = lab.operator().run("device", "show", lab.ueid(), "--json").out();
    return new ObjectMapper().readTree(json).path(field).asText();
  }

  private List<String> left() throws IOException {
    Path state = lab.device().state();
    try (Stream<Path> files = Files.walk(state)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> state.relativize(file).toString())
          .sorted()
          .toList();
    }
  }

  private static String log(Background daemon) {
    try {
      return daemon.log();
    } catch (IOException unreadable) {
      return unreadable.toString();
    }
  }
}
