// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.bad;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.author.publish.BundleWriter;
import dev.bartizan.systemtest.lab.Models;
import dev.bartizan.systemtest.lab.Program.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** A device that no server is there for any more, and somebody who brings a stick. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class OfflineUpdateIT extends OneDevice {
  private Path bundle = Path.of("");
  private Path stale = Path.of("");

  @BeforeAll
  void bringAStick() throws Exception {
    lab().operator().release("policy", "--models", MODEL, "--updates-alone");
    device().stop();
    device().start();
    awaitServing("1.0.0");
    lab().release("1.1.0", Models.file("1.1.0"), Models.golden("1.1.0"), "--delta-from", "1.0.0");
    signTimestampDaysAgo(3);
    stale = home().resolve("stale.bundle");
    try (BundleWriter old = new BundleWriter(lab().operator().repository(), stale)) {
      old.addAll("");
      old.finish();
    }
    lab().operator().release("refresh");
    bundle = home().resolve("stick.bundle");
    Path devices = home().resolve("devices.pem");
    lab().operator().run("device", "certificates", devices.toString());
    String command = "bundle %s --model %s --version 1.1.0 --devices %s";
    lab().operator().release(command.formatted(bundle, MODEL, devices).split(" "));
    lab().web().close();
  }

  @Test
  @Order(1)
  void withoutTheStickNothingIsHad() throws Exception {
    Outcome outcome = device().run("update", MODEL, "1.1.0");
    assertEquals(3, outcome.exit(), outcome.err());
  }

  // Attack: the stick was in other hands.
  @Test
  @Order(2)
  void aChangedBundleIsRefusedAndTheModelGoesOnServing() throws Exception {
    byte[] content = Files.readAllBytes(bundle);
    content[content.length / 2] ^= 1;
    Path changed = Files.write(home().resolve("changed.bundle"), content);
    Outcome outcome = device().run("update", "--offline", changed.toString());
    assertEquals(1, outcome.exit(), outcome.err());
    assertTrue(outcome.err().contains(changed.toString()), outcome.err());
    assertEquals("1.0.0", device().serving(MODEL));
  }

  @Test
  @Order(3)
  void aBundleThatIsNotThereIsOneLine() throws Exception {
    Outcome outcome = device().run("update", "--offline", home().resolve("none").toString());
    assertEquals(3, outcome.exit(), outcome.err());
    assertEquals(1, outcome.err().lines().count(), outcome.err());
  }

  @Test
  @Order(4)
  void aStickThatLayAroundTooLongIsRefused() throws Exception {
    Outcome outcome = device().run("update", "--offline", stale.toString());
    assertEquals(1, outcome.exit(), outcome.err());
    assertTrue(outcome.err().startsWith("OFFLINE_EXPIRED: "), outcome.err());
    assertEquals("1.0.0", device().serving(MODEL));
  }

  @Test
  @Order(5)
  void lookingChangesNothing() throws Exception {
    Outcome outcome = device().run("update", "--check", "--offline", bundle.toString());
    assertEquals(0, outcome.exit(), outcome.err());
    assertTrue(outcome.out().contains("way    delta"), outcome.out());
    assertEquals("1.0.0", device().serving(MODEL));
  }

  @Test
  @Order(6)
  void theStickIsEnough() throws Exception {
    Outcome outcome = device().run("update", "--offline", bundle.toString());
    assertEquals(0, outcome.exit(), outcome.err());
    awaitServing("1.1.0");
    await("the end", () -> device().run("history").expect(0).out().contains("committed"));
    device().run("history", "--verify").expect(0);
  }
}
