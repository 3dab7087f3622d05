// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.install;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.updater.disk.DurableFile;
import dev.bartizan.updater.disk.FakeDisk;
import dev.bartizan.updater.disk.FileName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Bit rot and hands that write to the disk: everything is noticed, and what can be is repaired. */
class JournalDamageTest {
  private Device device = new Device(new FakeDisk());

  @BeforeEach
  void twoReleasesAndOneUnderWay() throws Exception {
    device = Device.withFirstRelease();
    device.request("bad", "1.5-sick");
    device.run();
    device.request("second", "2.0");
    device.run();
    device.request("third", "3.0");
    device.runUntil(UpdateState.PROBATION);
    device.installer().advance();
  }

  @Test
  void anyFlippedByteOfTheJournalIsNoticedAndWhatWasInstalledIsKnownFromTheHistory()
      throws Exception {
    Components before = device.installer().components();
    int length = length(Journal.FILE);
    for (int at = 0; at < length; at++) {
      Device damaged = device.copy();
      damaged.disk.flip(Journal.FILE, at, 1 << (at % 8));
      Recovery recovery = damaged.start();
      assertEquals(Recovery.Kind.JOURNAL_REBUILT, recovery.kind(), "byte " + at);
      assertEquals(before, damaged.installer().components());
      assertTrue(damaged.disk.size(Journal.BROKEN).isPresent());
    }
  }

  @Test
  void anyFlippedByteOfTheHistoryIsNoticed() throws Exception {
    Device young = Device.withFirstRelease();
    HistoryHead head = young.installer().head();
    int length = young.disk.size(History.FILE).orElseThrow().intValue();
    for (int at = 0; at < length; at++) {
      young.disk.flip(History.FILE, at, 1 << (at % 8));
      String trace = "byte " + at;
      assertThrows(HistoryRefusal.class, () -> History.verify(young.disk, head), trace);
      young.disk.flip(History.FILE, at, 1 << (at % 8));
    }
    History.verify(young.disk, head);
  }

  @Test
  void withADamagedHistoryTheDeviceGoesOnAndSaysSo() throws Exception {
    int length = length(History.FILE);
    for (int at = 0; at < length; at += 97) {
      Device damaged = device.copy();
      damaged.disk.flip(History.FILE, at, 1 << (at % 8));
      assertTrue(damaged.start().kind() != Recovery.Kind.NONE, "byte " + at);
      damaged.run();
      assertEquals("3.0", damaged.active());
      History.verify(damaged.disk, damaged.installer().head());
    }
  }

  @Test
  void aFlippedByteInBothIsRefusedAndNothingIsTouched() throws Exception {
    device.disk.flip(Journal.FILE, 100, 1);
    device.disk.flip(History.FILE, 100, 1);
    JournalRefusal refusal = assertThrows(JournalRefusal.class, device::start);
    assertEquals("JOURNAL_BROKEN", refusal.code());
    assertTrue(device.disk.size(Journal.FILE).isPresent());
    assertEquals(Optional.empty(), device.disk.size(Journal.BROKEN));
  }

  @Test
  void aRebuiltJournalTellsHowTheDeploymentUnderWayEnded() throws Exception {
    device.reports.clear();
    device.disk.flip(Journal.FILE, 10, 1);
    device.start();
    device.run();
    assertEquals("2.0", device.active());
    assertEquals(Optional.of("2.0"), device.serving());
    Outcome outcome = device.reports.get(0);
    assertEquals("third", outcome.deployment());
    assertEquals(UpdateState.ROLLED_BACK, outcome.state());
    assertTrue(outcome.reason().startsWith("JOURNAL_LOST"));
    assertEquals(Admission.KNOWN, device.request("third", "3.0"));
    assertThrows(InstallRefusal.class, () -> device.request("x", "1.5-sick", Device.POLICY));
  }

  @Test
  void aDeletedJournalIsRebuilt() throws Exception {
    DurableFile.delete(device.disk, Journal.FILE);
    assertEquals(Recovery.Kind.JOURNAL_REBUILT, device.start().kind());
    assertEquals("2.0", device.active());
  }

  @Test
  void aDeletedHistoryIsNoticedAndANewOneSaysSo() throws Exception {
    DurableFile.delete(device.disk, History.FILE);
    assertEquals(Recovery.Kind.HISTORY_REPLACED, device.start().kind());
    HistoryEntry first = History.read(device.disk).get(0);
    assertEquals(HistoryEvent.CHECKPOINT, first.event().what());
    assertEquals(
        "2.0",
        first
            .components()
            .orElseThrow()
            .named(Device.MODEL)
            .activeRelease()
            .orElseThrow()
            .version());
  }

  @Test
  void anOlderJournalPutBackIsNoticed() throws Exception {
    byte[] older = content(Journal.FILE);
    device.run();
    DurableFile.replace(device.disk, Journal.FILE, older);
    assertEquals(Recovery.Kind.JOURNAL_REBUILT, device.start().kind());
    assertEquals("3.0", device.active());
  }

  @Test
  void aHistoryCutShortIsNoticed() throws Exception {
    byte[] all = content(History.FILE);
    String text = new String(all, StandardCharsets.US_ASCII);
    int lastLine = text.lastIndexOf('\n', all.length - 2) + 1;
    int secondLast = text.lastIndexOf('\n', lastLine - 2) + 1;
    DurableFile.replace(device.disk, History.FILE, Arrays.copyOf(all, secondLast));
    HistoryHead head = device.installer().head();
    HistoryRefusal refusal =
        assertThrows(HistoryRefusal.class, () -> History.verify(device.disk, head));
    assertEquals(head.entries() - 2, refusal.entry());
    assertEquals(Recovery.Kind.HISTORY_REPLACED, device.start().kind());
  }

  @Test
  void aTornLastLineIsCompletedFromTheJournal() throws Exception {
    byte[] all = content(History.FILE);
    DurableFile.replace(device.disk, History.FILE, Arrays.copyOf(all, all.length - 7));
    assertEquals(Recovery.Kind.HISTORY_COMPLETED, device.start().kind());
    History.verify(device.disk, device.installer().head());
  }

  @Test
  void anotherVersionsJournalIsRefusedAndLeftAlone() throws Exception {
    ChecksummedLine line = ChecksummedLine.read(content(Journal.FILE)).orElseThrow();
    byte[] newer =
        ChecksummedLine.of(line.body().deepCopy().put("schema", "bartizan-journal/2")).bytes();
    DurableFile.replace(device.disk, Journal.FILE, newer);
    JournalRefusal refusal = assertThrows(JournalRefusal.class, device::start);
    assertEquals("JOURNAL_SCHEMA", refusal.code());
    assertEquals(newer.length, length(Journal.FILE));
  }

  @Test
  void aLongHistoryIsTurnedOverAtAStartAndStaysOneChain() throws Exception {
    device.run();
    while (device.disk.size(History.FILE).orElseThrow() <= 256 << 10) {
      String version = device.active().equals("2.0") ? "3.0" : "2.0";
      device.request("d" + device.installer().head().entries(), version);
      device.run();
    }
    long entries = device.installer().head().entries();
    assertEquals(Recovery.NONE, device.start());
    assertEquals(1, History.read(device.disk).size());
    assertEquals(entries + 1, device.installer().head().entries());
    device.request("last", "4.0");
    device.run();
    DurableFile.delete(device.disk, Journal.FILE);
    device.start();
    assertEquals("4.0", device.active());
  }

  private int length(FileName name) throws IOException {
    return content(name).length;
  }

  private byte[] content(FileName name) throws IOException {
    return device.disk.read(name, 1 << 24).orElseThrow();
  }
}
