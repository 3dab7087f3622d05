// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bartizan.updater.disk.FakeDisk;
import dev.bartizan.updater.disk.FileName;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Alarms that simulated devices never got rid of: evidence says "not well" as long as one lasts.
 */
class AlarmsOfALifeTest {
  private static final FileName HISTORY = FileName.of("history");

  @TempDir private Path home;

  @SuppressWarnings("NullAway.Init")
  private SimulatedFleet.Edition whole;

  @SuppressWarnings("NullAway.Init")
  private SimulatedWorld world;

  @SuppressWarnings("NullAway.Init")
  private Daemon daemon;

  @BeforeEach
  void aDeviceAndItsFleet() throws Exception {
    Ground ground = Ground.in(home);
    whole = new SimulatedFleet(ground, 0).editions().get(0);
    world = new SimulatedWorld(ground, whole, ground.enrolled().copy(), 0);
    daemon = new Daemon(world.config(), world);
  }

  private void start() throws Exception {
    daemon = new Daemon(world.config(), world);
    daemon.agent().start();
  }

  private void turns(int count) throws Exception {
    for (int turn = 0; turn < count; turn++) {
      world.pass(daemon.agent().takeTurn().plus(Duration.ofSeconds(10)));
    }
  }

  private JsonNode alarms() {
    return daemon.status().document().path("alarms");
  }

  @Test
  void anUpdateThatCouldNotBeOrderedIsNoProblemOnceItCan() throws Exception {
    Map<String, byte[]> fewer = new HashMap<>(whole.files());
    fewer.values().removeIf(it -> new String(it, US_ASCII).contains("bartizan-release/1"));
    world.served =
        new SimulatedFleet.Edition(
            "no manifests", whole.version(), whole.metadata(), fewer, whole.offers());
    daemon.agent().start();
    turns(3);
    assertTrue(alarms().has("update of gauge"), alarms().toString());
    world.served = whole;
    world.pass(Duration.ofHours(2));
    turns(60);
    assertFalse(alarms().has("update of gauge"), alarms().toString());
    world.pass(Duration.ofHours(2)); // One at a time: the other has its turn then.
    turns(60);
    assertEquals(2, daemon.deploy().modelStates().size());
  }

  /** The entry is in the journal, and the power went before it was in the history too. */
  @Test
  void aHistoryThatAPowerCutLeftShortIsCompletedAndIsNoLastingProblem() throws Exception {
    daemon.agent().start();
    turns(100);
    FakeDisk disk = world.fakeDisk();
    byte[] lines = disk.read(HISTORY, 1 << 20).orElseThrow();
    String text = new String(lines, US_ASCII);
    String shorter = text.substring(0, text.lastIndexOf('\n', text.length() - 2) + 1);
    try (var output = disk.create(HISTORY)) {
      output.write(ByteBuffer.wrap(shorter.getBytes(US_ASCII)));
      output.sync();
    }
    start();
    assertEquals(text, new String(disk.read(HISTORY, 1 << 20).orElseThrow(), US_ASCII));
    assertFalse(alarms().has("journal"), alarms().toString());
  }

  /**
   * What no power cut does: somebody has to know, and the problem stays until it is looked into.
   */
  @Test
  void aHistoryThatWasDamagedIsALastingProblem() throws Exception {
    daemon.agent().start();
    turns(100);
    world.fakeDisk().flip(HISTORY, 40, 1);
    start();
    assertTrue(alarms().path("journal").asText().contains("HISTORY_REPLACED"));
  }
}
