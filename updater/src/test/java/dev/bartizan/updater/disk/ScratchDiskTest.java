// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.disk;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A state directory for a look: it behaves as one on disk does, and has an end. */
class ScratchDiskTest {
  private static final FileName NAME = FileName.of("tuf/root.json");
  private static final FileName OTHER = FileName.of("tuf/new.json");

  private final ScratchDisk disk = new ScratchDisk();

  @Test
  void aFileIsReplacedAsOnAnyDisk() throws Exception {
    DurableFile.replace(disk, NAME, new byte[] {1, 2, 3});
    DurableFile.replace(disk, NAME, new byte[] {4, 5});
    assertArrayEquals(new byte[] {4, 5}, disk.read(NAME, 2).orElseThrow());
    assertEquals(List.of(NAME), disk.list("tuf"));
    assertEquals(List.of(), disk.list(""));
    assertThrows(IOException.class, () -> disk.read(NAME, 1));
  }

  @Test
  void whatIsReadIsACopy() throws Exception {
    DurableFile.replace(disk, NAME, new byte[] {1});
    disk.read(NAME, 1).orElseThrow()[0] = 9;
    assertArrayEquals(new byte[] {1}, disk.read(NAME, 1).orElseThrow());
  }

  @Test
  void aFileIsReadFromAnyPositionToItsEnd() throws Exception {
    try (Disk.Output out = disk.append(NAME)) {
      out.write(ByteBuffer.wrap(new byte[] {1, 2}));
      out.write(ByteBuffer.wrap(new byte[] {3}));
      assertEquals(3, out.size());
    }
    try (Disk.Input in = disk.open(NAME)) {
      ByteBuffer target = ByteBuffer.allocate(8);
      assertEquals(2, in.read(1, target));
      assertEquals(3, target.get(1));
      assertEquals(0, in.read(3, target));
      assertEquals(0, in.read(Long.MAX_VALUE, target));
    }
  }

  @Test
  void whatIsNotThereIsSaidByName() throws Exception {
    assertEquals(Optional.empty(), disk.read(NAME, 1));
    assertEquals(Optional.empty(), disk.size(NAME));
    assertThrows(FileNotFoundException.class, () -> disk.open(NAME));
    assertThrows(FileNotFoundException.class, () -> disk.rename(NAME, OTHER));
    disk.delete(NAME);
  }

  @Test
  void aNameIsMovedOverAnotherAndATreeGoesAsAWhole() throws Exception {
    DurableFile.replace(disk, NAME, new byte[] {1});
    DurableFile.replace(disk, OTHER, new byte[] {2});
    disk.rename(OTHER, NAME);
    assertArrayEquals(new byte[] {2}, disk.read(NAME, 1).orElseThrow());
    assertEquals(Optional.empty(), disk.size(OTHER));
    disk.deleteTree("tuf");
    assertEquals(List.of(), disk.list("tuf"));
  }

  /** A repository that never ends must not take the memory of who looks at it. */
  @Test
  void itHasAnEnd() throws Exception {
    long room = disk.usableBytes();
    try (Disk.Output out = disk.create(NAME)) {
      disk.reserve(NAME, room);
      assertThrows(IOException.class, () -> disk.reserve(NAME, room + 1));
      out.write(ByteBuffer.allocate(1 << 20));
      assertThrows(IOException.class, () -> out.write(ByteBuffer.allocate(Math.toIntExact(room))));
      assertEquals(1 << 20, out.size());
    }
    assertTrue(disk.usableBytes() == room - (1 << 20));
  }
}
