// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.software;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.crypto.Digest;
import dev.bartizan.updater.disk.Disk;
import dev.bartizan.updater.disk.DurableFile;
import dev.bartizan.updater.disk.FakeDisk;
import dev.bartizan.updater.disk.PowerCut;
import dev.bartizan.updater.disk.Survival;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Two directories and the record, with trouble at any call. */
class AgentVersionsTest {
  private static final List<String> FILES =
      List.of("bin/bartizan", "lib/a.jar", "lib/native/x86_64/libx.so");
  private static final int SECONDS = 60;
  private static final int SEEDS = 5;

  private static Digest release(String version) {
    return Digest.of(version.getBytes(US_ASCII));
  }

  /** As an update does it: laid down whole, and then tried. */
  private static void install(Disk disk, String version) throws IOException {
    AgentVersions versions = new AgentVersions(disk);
    Slot slot = versions.free();
    if (versions.slotOf(release(version)).isEmpty()) {
      versions.clear(slot);
      for (String file : FILES) {
        try (Disk.Output output = versions.create(slot, file)) {
          output.write(ByteBuffer.wrap((file + " of " + version).getBytes(US_ASCII)));
          output.sync();
        }
      }
      versions.complete(slot, release(version));
    }
    versions.tryOut(versions.slotOf(release(version)).orElseThrow(), SECONDS);
  }

  private static FakeDisk running(String version) throws IOException {
    FakeDisk disk = new FakeDisk();
    install(disk, version);
    new AgentVersions(disk).commit(0);
    return disk;
  }

  @Test
  void whatNobodyUpdatedIsWhatWasInstalled() throws Exception {
    assertEquals(LaunchRecord.BASE, new AgentVersions(new FakeDisk()).record());
  }

  @Test
  void twoVersionsTakeTurnsAndTheOneBeforeIsKept() throws Exception {
    FakeDisk disk = running("1");
    install(disk, "2");
    AgentVersions versions = new AgentVersions(disk);
    assertEquals(
        new LaunchRecord(Slot.B, Slot.A, true, 0, SECONDS, Optional.empty()), versions.record());
    versions.goBack();
    assertEquals(Slot.A, versions.record().slot());
    assertEquals(Slot.B, versions.free());
  }

  @Test
  void theVersionThatRunsIsNotWrittenTo() throws Exception {
    AgentVersions versions = new AgentVersions(running("1"));
    assertThrows(IllegalStateException.class, () -> versions.clear(Slot.A));
    assertThrows(IllegalStateException.class, () -> versions.create(Slot.BASE, "lib/a.jar"));
  }

  @Test
  void aFileOfTheAgentHasItsPlace() {
    for (String hostile : List.of("../x", "/bin/x", "bin/../x", "etc/x", "x", "lib/.hidden")) {
      assertFalse(AgentFiles.isAllowed(hostile), hostile);
    }
    assertTrue(AgentFiles.isAllowed("lib/native/aarch64/libx.so"));
  }

  @Test
  void aDamagedRecordStartsWhatWasInstalled() throws Exception {
    FakeDisk disk = running("1");
    byte[] honest = disk.read(AgentVersions.RECORD, 1024).orElseThrow();
    for (int length = 0; length < honest.length - 1; length++) {
      DurableFile.replace(disk, AgentVersions.RECORD, Arrays.copyOf(honest, length));
      assertEquals(LaunchRecord.BASE, new AgentVersions(disk).record(), length + " bytes");
    }
  }

  @Test
  void whereverThePowerIsCutWhatIsToBeStartedIsWhole() throws Exception {
    FakeDisk before = running("1");
    for (Survival survival : Survival.values()) {
      for (int seed = 0; seed < SEEDS; seed++) {
        boolean cut = true;
        for (int call = 1; cut; call++) {
          FakeDisk disk = before.copy();
          cut = isCut(disk, call, survival, seed);
          checkWhole(disk, survival + " cut " + call + " seed " + seed);
          install(disk, "2");
          checkWhole(disk, survival + " mended after " + call + " seed " + seed);
          assertEquals(release("2"), started(disk).orElseThrow());
        }
      }
    }
  }

  private static boolean isCut(FakeDisk disk, int call, Survival survival, int seed)
      throws IOException {
    disk.cutBefore(call);
    try {
      install(disk, "2");
      return false;
    } catch (PowerCut off) {
      return true;
    } finally {
      disk.reboot(survival, seed);
    }
  }

  private static Optional<Digest> started(Disk disk) throws IOException {
    AgentVersions versions = new AgentVersions(disk);
    return versions.find(versions.record().slot());
  }

  private static void checkWhole(FakeDisk disk, String trace) throws IOException {
    String version = started(disk).orElseThrow().equals(release("1")) ? "1" : "2";
    assertEquals(release(version), started(disk).orElseThrow(), trace);
    AgentVersions versions = new AgentVersions(disk);
    for (String file : FILES) {
      try (Disk.Input input = versions.open(versions.record().slot(), file)) {
        ByteBuffer content = ByteBuffer.allocate((int) input.size());
        input.read(0, content);
        assertEquals(file + " of " + version, new String(content.array(), US_ASCII), trace);
      }
    }
  }
}
