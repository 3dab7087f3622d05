// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.disk;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The fake bites, and the durable replacement holds. */
class DurableFileCutTest {
  private static final FileName NAME = FileName.of("state/record");
  private static final String OLD = "the old content";
  private static final String NEW = "the new content, which is longer";

  @ParameterizedTest
  @EnumSource
  void aCutAnywhereLeavesTheOldOrTheNewContentWhole(Survival survival) throws IOException {
    for (int seed = 0; seed < 50; seed++) {
      for (int cut = 1; cut <= 6; cut++) {
        FakeDisk disk = withOld();
        boolean returned = replaceUntil(disk, cut);
        disk.reboot(survival, seed);
        String found = content(disk);
        assertTrue(Set.of(OLD, NEW).contains(found), () -> "found " + found);
        if (returned) {
          assertEquals(NEW, found, "it had been reported done");
        }
      }
    }
  }

  @Test
  void withoutSyncingTheDirectoryTheNewContentMayBeLost() throws IOException {
    assertTrue(outcomes(disk -> careless(disk, true)).contains(OLD));
  }

  @Test
  void withoutSyncingTheFileItMayBeTorn() throws IOException {
    Set<String> outcomes = outcomes(disk -> careless(disk, false));
    outcomes.remove(OLD);
    outcomes.remove(NEW);
    assertTrue(!outcomes.isEmpty(), "the fake should have torn at least one");
  }

  @Test
  void aFailedCallLeavesTheOldOrTheNewContent() throws IOException {
    for (int call = 1; call <= 5; call++) {
      FakeDisk disk = withOld();
      disk.failAt(call);
      assertThrows(IOException.class, () -> DurableFile.replace(disk, NAME, NEW.getBytes(UTF_8)));
      assertTrue(Set.of(OLD, NEW).contains(content(disk)));
    }
  }

  @Test
  void aFullDiskLeavesTheOldContent() throws IOException {
    FakeDisk disk = withOld();
    disk.fullFrom(1);
    assertThrows(IOException.class, () -> DurableFile.replace(disk, NAME, NEW.getBytes(UTF_8)));
    assertEquals(OLD, content(disk));
  }

  private interface Careless {
    void replace(FakeDisk disk) throws IOException;
  }

  private static Set<String> outcomes(Careless way) throws IOException {
    Set<String> outcomes = new TreeSet<>();
    for (int seed = 0; seed < 100; seed++) {
      FakeDisk disk = withOld();
      way.replace(disk);
      disk.reboot(Survival.RANDOM_SUBSET, seed);
      outcomes.add(content(disk));
    }
    return outcomes;
  }

  private static void careless(FakeDisk disk, boolean syncContent) throws IOException {
    try (Disk.Output output = disk.create(NAME.plus(".tmp"))) {
      output.write(ByteBuffer.wrap(NEW.getBytes(UTF_8)));
      if (syncContent) {
        output.sync();
      }
    }
    disk.rename(NAME.plus(".tmp"), NAME);
    if (!syncContent) {
      disk.syncDirectory(NAME.directory());
    }
  }

  private static boolean replaceUntil(FakeDisk disk, int cut) throws IOException {
    disk.cutBefore(cut);
    try {
      DurableFile.replace(disk, NAME, NEW.getBytes(UTF_8));
      return true;
    } catch (PowerCut off) {
      return false;
    }
  }

  private static FakeDisk withOld() throws IOException {
    FakeDisk disk = new FakeDisk();
    DurableFile.replace(disk, NAME, OLD.getBytes(UTF_8));
    return disk;
  }

  private static String content(FakeDisk disk) throws IOException {
    return new String(disk.read(NAME, 1000).orElseThrow(), UTF_8);
  }
}
