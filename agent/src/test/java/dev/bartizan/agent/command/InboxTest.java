// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.agent.command.Inbox.InboxRefusal;
import dev.bartizan.agent.command.Inbox.Stage;
import dev.bartizan.protocol.command.Audience;
import dev.bartizan.protocol.command.Command;
import dev.bartizan.updater.disk.FakeDisk;
import dev.bartizan.updater.disk.FileName;
import dev.bartizan.updater.disk.PowerCut;
import dev.bartizan.updater.disk.Survival;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class InboxTest {
  private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");
  private static final byte[] JWS = "header.claims.signature".getBytes(StandardCharsets.US_ASCII);
  private static final FileName FILE = FileName.of("inbox");

  private final FakeDisk disk = new FakeDisk();

  @Test
  void aCommandIsTakenOnOnceAlsoAcrossARestart() throws Exception {
    assertTrue(Inbox.open(disk, NOW).keep(command("command-1"), JWS, NOW));
    Inbox afterRestart = Inbox.open(disk, NOW);
    assertFalse(afterRestart.keep(command("command-1"), JWS, NOW));
    assertEquals(List.of("command-1"), ids(afterRestart, Stage.WAITING));
  }

  @Test
  void aCommandThatWasObeyedIsStillKnownUntilItExpires() throws Exception {
    Inbox inbox = Inbox.open(disk, NOW);
    inbox.keep(command("command-1"), JWS, NOW);
    inbox.move("command-1", Stage.STARTED);
    inbox.move("command-1", Stage.DONE);
    assertFalse(Inbox.open(disk, NOW).keep(command("command-1"), JWS, NOW));

    Instant expired = NOW.plus(Duration.ofDays(2));
    Inbox later = Inbox.open(disk, expired);
    later.keep(command("command-2"), JWS, expired);
    assertEquals(List.of(), ids(later, Stage.DONE));
  }

  // Attack: make the device forget what it has obeyed, then send it again.
  @Test
  void aFlippedBitAnywhereCostsTheOldCommandsAndNotTheProtectionFromReplay() throws Exception {
    Inbox.open(disk, NOW).keep(command("command-1"), JWS, NOW);
    long length = disk.size(FILE).orElseThrow();
    for (int position = 0; position < length; position++) {
      FakeDisk damaged = disk.copy();
      damaged.flip(FILE, position, 1);
      Inbox inbox = Inbox.open(damaged, NOW.plusSeconds(60));
      assertTrue(inbox.wasDamaged(), "byte " + position);
      assertTrue(damaged.size(FileName.of("inbox.broken")).isPresent());
      InboxRefusal refusal =
          assertThrows(
              InboxRefusal.class, () -> inbox.keep(command("command-1"), JWS, NOW.plusSeconds(60)));
      assertEquals("REPLAYED", refusal.code());
      Inbox afterRestart = Inbox.open(damaged, NOW.plusSeconds(90));
      assertThrows(
          InboxRefusal.class,
          () -> afterRestart.keep(command("command-1"), JWS, NOW.plusSeconds(90)));
    }
  }

  // Attack: replay; the clock is set forward until the device forgets, and back again.
  @Test
  void aCommandThatWasForgottenIsNotObeyedWhenTheClockGoesBack() throws Exception {
    Inbox inbox = Inbox.open(disk, NOW);
    obey(inbox, command("command-1"), NOW);
    Instant ahead = NOW.plus(Duration.ofDays(30));
    obey(inbox, command("command-2", ahead), ahead);

    Instant back = NOW.plusSeconds(60);
    for (Inbox now : List.of(inbox, Inbox.open(disk, back))) {
      InboxRefusal refusal =
          assertThrows(InboxRefusal.class, () -> now.keep(command("command-1"), JWS, back));
      assertEquals("REPLAYED", refusal.code());
    }
    assertTrue(Inbox.open(disk, back).keep(command("command-3", back), JWS, back));
  }

  // Attack: replay; the list is deleted, which must not be better than to change it.
  @Test
  void aListThatIsMissingIsALostOne() throws Exception {
    Inbox.begin(disk, NOW);
    assertFalse(Inbox.open(disk, NOW).wasDamaged());
    obey(Inbox.open(disk, NOW), command("command-1"), NOW);
    Inbox.begin(disk, NOW);
    assertFalse(Inbox.open(disk, NOW).keep(command("command-1"), JWS, NOW));

    disk.delete(FILE);
    Inbox without = Inbox.open(disk, NOW.plusSeconds(1));
    assertTrue(without.wasDamaged());
    assertThrows(InboxRefusal.class, () -> without.keep(command("command-1"), JWS, NOW));
    Inbox again = Inbox.open(disk, NOW.plusSeconds(2));
    assertThrows(InboxRefusal.class, () -> again.keep(command("command-1"), JWS, NOW));
  }

  private static void obey(Inbox inbox, Command command, Instant now) throws Exception {
    assertTrue(inbox.keep(command, JWS, now));
    inbox.move(command.id(), Stage.STARTED);
    inbox.move(command.id(), Stage.DONE);
  }

  @Test
  void aPowerCutLeavesACommandTakenOnOrNotAndNeverHalf() throws Exception {
    for (int cut = 0; ; cut++) {
      FakeDisk device = new FakeDisk();
      Inbox.open(device, NOW).keep(command("command-1"), JWS, NOW);
      device.cutBefore(cut);
      boolean told;
      try {
        told = Inbox.open(device, NOW).keep(command("command-2"), JWS, NOW);
      } catch (PowerCut off) {
        told = false;
      }
      device.behave();
      boolean uncut = told;
      device.reboot(Survival.RANDOM_SUBSET, cut);
      List<String> waiting = ids(Inbox.open(device, NOW), Stage.WAITING);
      assertTrue(waiting.contains("command-1"), "cut " + cut);
      if (uncut) {
        assertTrue(waiting.contains("command-2"), "cut " + cut);
        return;
      }
    }
  }

  private static List<String> ids(Inbox inbox, Stage stage) {
    return inbox.at(stage).stream().map(Inbox.Entry::id).toList();
  }

  private static Command command(String id) {
    return command(id, NOW);
  }

  private static Command command(String id, Instant issuedAt) {
    return new Command(
        "operator",
        Audience.group("all"),
        id,
        issuedAt,
        issuedAt.plus(Duration.ofDays(1)),
        "update",
        Map.of("model", "defect"));
  }
}
