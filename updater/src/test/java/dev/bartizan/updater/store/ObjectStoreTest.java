// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.crypto.Digest;
import dev.bartizan.updater.disk.Disk;
import dev.bartizan.updater.disk.FakeDisk;
import dev.bartizan.updater.disk.FileName;
import dev.bartizan.updater.disk.LinuxDisk;
import dev.bartizan.updater.disk.PowerCut;
import dev.bartizan.updater.disk.Survival;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ObjectStoreTest {
  private static final int PIECE = 100;

  private final byte[] content = random(1000);
  private final Digest name = Digest.of(content);
  private final FakeDisk disk = new FakeDisk();
  private final ObjectStore store = new ObjectStore(disk, Digest::sha256);

  @Nested
  class Transfers {
    @Test
    void aFinishedObjectIsHeldUnderItsDigest() throws Exception {
      transfer(store, content, name);
      assertTrue(store.holds(name));
      assertArrayEquals(content, store.read(name, 1000));
      store.verify(name);
      assertEquals(List.of("objects/" + name), disk.names());
    }

    @Test
    void anInterruptedTransferGoesOnWhereItStopped() throws Exception {
      try (ObjectWriter writer = store.begin(name, 1000)) {
        writer.append(ByteBuffer.wrap(content, 0, 300));
      }
      assertFalse(store.holds(name));
      try (ObjectWriter writer = store.begin(name, 1000)) {
        assertEquals(300, writer.size());
        writer.append(ByteBuffer.wrap(content, 300, 700));
        writer.finish();
      }
      store.verify(name);
    }

    @Test
    void otherBytesThanTheNameSaysAreRefusedAndNothingIsLeft() throws Exception {
      byte[] other = content.clone();
      other[999] ^= 1;
      StoreRefusal refusal = assertThrows(StoreRefusal.class, () -> transfer(store, other, name));
      assertEquals("HASH_MISMATCH", refusal.code());
      assertEquals(List.of(), disk.names());
      transfer(store, content, name);
    }

    @Test
    void oneByteTooManyIsRefusedBeforeItIsWritten() throws Exception {
      try (ObjectWriter writer = store.begin(name, 1000)) {
        writer.append(ByteBuffer.wrap(content));
        StoreRefusal refusal =
            assertThrows(StoreRefusal.class, () -> writer.append(ByteBuffer.wrap(new byte[1])));
        assertEquals("TOO_LONG", refusal.code());
        assertEquals(name, writer.finish());
      }
    }

    @Test
    void anUnfinishedTransferCannotBeFinishedAndGoesOn() throws Exception {
      try (ObjectWriter writer = store.begin(name, 1000)) {
        writer.append(ByteBuffer.wrap(content, 0, 999));
        assertEquals("TOO_SHORT", assertThrows(StoreRefusal.class, writer::finish).code());
        writer.append(ByteBuffer.wrap(content, 999, 1));
        assertEquals(name, writer.finish());
      }
    }

    @Test
    void aSenderThatCannotResumeStartsAgain() throws Exception {
      try (ObjectWriter writer = store.begin(name, 1000)) {
        writer.append(ByteBuffer.wrap(new byte[500]));
        writer.restart();
        assertEquals(0, writer.size());
        writer.append(ByteBuffer.wrap(content));
        assertEquals(name, writer.finish());
      }
    }

    @Test
    void aDraftGetsItsNameAtTheEndAndCanBeResumedByItsLabel() throws Exception {
      Digest label = Digest.of(new byte[] {1});
      try (ObjectWriter writer = store.draft(label, 5000)) {
        writer.append(ByteBuffer.wrap(content, 0, 400));
      }
      try (ObjectWriter writer = store.draft(label, 5000)) {
        assertEquals(400, writer.size());
        writer.append(ByteBuffer.wrap(content, 400, 600));
        assertEquals(name, writer.finish());
      }
      store.verify(name);
    }

    @Test
    void aSmallObjectStoredTwiceIsThereOnce() throws Exception {
      assertEquals(name, store.put(content));
      assertEquals(name, store.put(content));
      assertEquals(Set.of(name), store.held());
    }
  }

  @Test
  void aRemnantThatDidNotSurviveARestartIsNobodysFaultAndTheTransferBeginsAgain() throws Exception {
    try (ObjectWriter writer = store.begin(name, 1000)) {
      writer.append(ByteBuffer.wrap(content, 0, 300));
    }
    disk.flip(FileName.of("partial/" + name), 299, 1);
    ObjectStore restarted = new ObjectStore(disk, Digest::sha256);
    assertThrows(IOException.class, () -> transfer(restarted, content, name));
    assertEquals(List.of(), disk.names());
    transfer(restarted, content, name);
    restarted.verify(name);
  }

  @Test
  void aRealDirectoryHoldsObjectsAsTheFakeDoes(@TempDir Path directory) throws Exception {
    try (LinuxDisk real = LinuxDisk.acquire(directory)) {
      ObjectStore realStore = new ObjectStore(real, Digest::sha256);
      try (ObjectWriter writer = realStore.begin(name, 1000)) {
        writer.append(ByteBuffer.wrap(content, 0, 300));
      }
      transfer(realStore, content, name);
      realStore.verify(name);
      realStore.put(random(20));
      assertEquals(new ObjectStore.Collected(1, 20), realStore.collect(Set.of(name)));
      assertEquals(Set.of(name), realStore.held());
    }
  }

  @Nested
  class Space {
    @Test
    void anObjectThatDoesNotFitIsNotBegunAndTheFiguresAreNamed() {
      disk.capacity(ObjectStore.RESERVE_BYTES + 999);
      NotEnoughSpace refusal =
          assertThrows(NotEnoughSpace.class, () -> store.begin(name, 1000).close());
      assertEquals(ObjectStore.RESERVE_BYTES + 1000, refusal.neededBytes());
      assertEquals(ObjectStore.RESERVE_BYTES + 999, refusal.freeBytes());
      assertEquals(List.of(), disk.names());
    }

    @Test
    void onlyWhatIsStillMissingIsAskedFor() throws Exception {
      try (ObjectWriter writer = store.begin(name, 1000)) {
        writer.append(ByteBuffer.wrap(content, 0, 600));
      }
      disk.capacity(ObjectStore.RESERVE_BYTES + 1000);
      store.begin(name, 1000).close();
    }

    @Test
    void aDiskThatFillsUpHalfWayCostsNothingThatWasThere() throws Exception {
      for (int room = 0; room < 1000; room += 70) {
        disk.capacity(ObjectStore.RESERVE_BYTES + 1000);
        try (ObjectWriter writer = store.begin(name, 1000)) {
          disk.capacity(room);
          int from = (int) writer.size();
          ByteBuffer rest = ByteBuffer.wrap(content, from, 1000 - from);
          assertThrows(IOException.class, () -> writer.append(rest));
        }
      }
      disk.capacity(1L << 30);
      transfer(store, content, name);
      store.verify(name);
    }
  }

  @Nested
  class Garbage {
    @Test
    void onlyWhatIsPinnedSurvives() throws Exception {
      byte[] second = random(50);
      transfer(store, content, name);
      transfer(store, second, Digest.of(second));
      store.begin(Digest.of(new byte[3]), 3).close();
      ObjectStore.Collected collected = store.collect(Set.of(name));
      assertEquals(new ObjectStore.Collected(2, 50), collected);
      assertEquals(List.of("objects/" + name), disk.names());
    }
  }

  @Nested
  class Damage {
    @Test
    void everyFlippedByteOfASmallObjectIsNoticed() throws Exception {
      transfer(store, content, name);
      for (int at = 0; at < content.length; at++) {
        disk.flip(FileName.of("objects/" + name), at, 1);
        assertThrows(StoreRefusal.class, () -> store.read(name, 1000));
        assertThrows(StoreRefusal.class, () -> store.verify(name));
        disk.flip(FileName.of("objects/" + name), at, 1);
      }
      store.verify(name);
    }

    @Test
    void whatIsNotHeldOrTooLongIsRefused() throws Exception {
      assertEquals("NOT_HELD", assertThrows(StoreRefusal.class, () -> store.read(name, 9)).code());
      assertEquals("NOT_HELD", assertThrows(StoreRefusal.class, () -> open(name)).code());
      store.put(content);
      assertEquals(
          "TOO_LONG", assertThrows(StoreRefusal.class, () -> store.read(name, 999)).code());
    }
  }

  @ParameterizedTest
  @EnumSource
  void aPowerCutAnywhereInATransferIsResumedAndAFinishedObjectIsNeverLost(Survival survival)
      throws Exception {
    for (int seed = 0; seed < 20; seed++) {
      for (int cut = 1; ; cut++) {
        FakeDisk cutDisk = new FakeDisk();
        ObjectStore cutStore = new ObjectStore(cutDisk, Digest::sha256);
        cutDisk.cutBefore(cut);
        boolean finished = transferUnlessCut(cutStore);
        cutDisk.reboot(survival, seed);
        ObjectStore nextStore = new ObjectStore(cutDisk, Digest::sha256);
        if (nextStore.holds(name)) {
          nextStore.verify(name);
        } else {
          assertFalse(finished, "a finished object was lost");
          transferAgain(nextStore);
        }
        assertArrayEquals(content, nextStore.read(name, 1000));
        nextStore.collect(Set.of(name));
        assertEquals(List.of("objects/" + name), cutDisk.names());
        if (finished) {
          break;
        }
      }
    }
  }

  private boolean transferUnlessCut(ObjectStore cutStore) throws Exception {
    try {
      transfer(cutStore, content, name);
      return true;
    } catch (PowerCut off) {
      return false;
    }
  }

  private void transferAgain(ObjectStore cutStore) throws Exception {
    try {
      transfer(cutStore, content, name);
    } catch (IOException tornTail) {
      transfer(cutStore, content, name);
    }
  }

  private static void transfer(ObjectStore store, byte[] content, Digest name)
      throws IOException, StoreRefusal {
    try (ObjectWriter writer = store.begin(name, content.length)) {
      while (writer.remaining() > 0) {
        int from = (int) writer.size();
        int count = Math.min(PIECE, content.length - from);
        writer.append(ByteBuffer.wrap(content, from, count));
      }
      writer.finish();
    }
  }

  private void open(Digest object) throws IOException, StoreRefusal {
    try (Disk.Input input = store.open(object)) {
      assertEquals(0, input.size());
    }
  }

  private static byte[] random(int length) {
    byte[] content = new byte[length];
    new Random(length).nextBytes(content);
    return content;
  }
}
