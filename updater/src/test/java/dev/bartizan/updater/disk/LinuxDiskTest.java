// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.disk;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LinuxDiskTest {
  @TempDir Path parent;
  private Path directory;
  private LinuxDisk disk;

  @BeforeEach
  void acquire() throws IOException {
    directory = parent.resolve("state");
    disk = LinuxDisk.acquire(directory);
  }

  @AfterEach
  void release() throws IOException {
    disk.close();
  }

  @Test
  void aSecondOwnerIsRefusedAndTheMessageNamesTheDirectory() {
    IOException refused = assertThrows(IOException.class, () -> LinuxDisk.acquire(directory));
    assertTrue(refused.toString().contains(directory.toString()));
  }

  @Test
  void aReleasedDirectoryCanBeTakenAgain() throws IOException {
    disk.close();
    disk = LinuxDisk.acquire(directory);
  }

  @Test
  void nobodyElseMayReadWhatIsWritten() throws IOException {
    DurableFile.replace(disk, FileName.of("a/b/secret"), bytes("x"));
    assertEquals("rw-------", mode("a/b/secret"));
    assertEquals("rwx------", mode("a/b"));
    assertEquals("rwx------", mode("a"));
    assertEquals("rwx------", mode(""));
  }

  @Test
  void aReplacedFileHoldsTheNewContentAndNoTemporaryIsLeft() throws IOException {
    FileName name = FileName.of("journal");
    DurableFile.replace(disk, name, bytes("old and long"));
    DurableFile.replace(disk, name, bytes("new"));
    assertArrayEquals(bytes("new"), disk.read(name, 3).orElseThrow());
    assertEquals(List.of(name), disk.list(""));
  }

  @Test
  void freeSpaceIsWhatTheFileSystemSays() throws IOException {
    long told = disk.usableBytes();
    long total = Files.getFileStore(directory).getTotalSpace();
    assertTrue(told > 0 && told < total, told + " of " + total);
  }

  @Test
  void noSpaceIsToldOfADirectoryThatIsNotThere() {
    IOException unknown =
        assertThrows(IOException.class, () -> FileSystem.usableBytes(parent.resolve("nowhere")));
    assertTrue(String.valueOf(unknown.getMessage()).contains("nowhere"), unknown.getMessage());
  }

  @Test
  void moreSpaceThanANumberCanSayIsTheLargestNumber() {
    assertEquals(Long.MAX_VALUE, FileSystem.product(1L << 62, 4));
    assertEquals(Long.MAX_VALUE, FileSystem.product(1L << 32, 1L << 31));
    assertEquals(1L << 62, FileSystem.product(1L << 31, 1L << 31));
    assertEquals(0, FileSystem.product(0, 7));
  }

  @Test
  void blocksAreAllocatedWithoutAChangeOfSize() throws IOException {
    FileName name = FileName.of("growing");
    DurableFile.replace(disk, name, bytes("x"));
    disk.reserve(name, 1 << 20);
    assertEquals(Optional.of(1L), disk.size(name));
  }

  @Test
  void moreBlocksThanThereAreRefuseTheFile() throws IOException {
    FileName name = FileName.of("growing");
    DurableFile.replace(disk, name, bytes("x"));
    IOException full = assertThrows(IOException.class, () -> disk.reserve(name, 1L << 43));
    assertTrue(String.valueOf(full.getMessage()).startsWith("NO_SPACE"), full.getMessage());
  }

  @Test
  void appendedContentFollowsWhatWasThere() throws IOException {
    FileName name = FileName.of("history");
    for (String part : List.of("one ", "two")) {
      try (Disk.Output output = disk.append(name)) {
        output.write(ByteBuffer.wrap(bytes(part)));
        output.sync();
      }
    }
    assertArrayEquals(bytes("one two"), disk.read(name, 100).orElseThrow());
    assertEquals(Optional.of(7L), disk.size(name));
  }

  @Test
  void aFileLongerThanTheLimitIsNotRead() throws IOException {
    DurableFile.replace(disk, FileName.of("f"), bytes("four"));
    assertThrows(IOException.class, () -> disk.read(FileName.of("f"), 3));
  }

  @Test
  void whatIsNotThereIsEmptyOrFails() throws IOException {
    FileName none = FileName.of("none");
    assertEquals(Optional.empty(), disk.read(none, 10));
    assertEquals(Optional.empty(), disk.size(none));
    assertEquals(List.of(), disk.list("nowhere"));
    assertThrows(IOException.class, () -> disk.open(none));
    disk.delete(none);
  }

  @Test
  void aReaderSeesAnyPartOfAFile() throws IOException {
    FileName name = FileName.of("objects/x");
    DurableFile.replace(disk, name, bytes("0123456789"));
    try (Disk.Input input = disk.open(name)) {
      ByteBuffer target = ByteBuffer.allocate(4);
      assertEquals(2, input.read(8, target));
      assertEquals(0, input.read(10, target));
      assertEquals(10, input.size());
    }
  }

  @Test
  void aSymbolicLinkPutInPlaceOfAFileIsNotFollowed() throws IOException {
    Path outside = parent.resolve("outside");
    Files.writeString(outside, "untouched");
    Files.createSymbolicLink(directory.resolve("trap"), outside);
    assertThrows(IOException.class, () -> disk.read(FileName.of("trap"), 100));
    assertThrows(IOException.class, () -> disk.append(FileName.of("trap")).close());
    disk.create(FileName.of("trap")).close();
    assertTrue(Files.isRegularFile(directory.resolve("trap"), LinkOption.NOFOLLOW_LINKS));
    assertEquals("untouched", Files.readString(outside));
  }

  @Test
  void namesThatCouldLeaveTheDirectoryAreNoNames() {
    for (String hostile : List.of("../x", "/x", "a//b", "", ".", "a/..", "a\0b", "a/b/c/d/e/f/g")) {
      assertThrows(IllegalArgumentException.class, () -> FileName.of(hostile), hostile);
    }
  }

  private String mode(String name) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve(name)));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}
