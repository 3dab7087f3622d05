// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.disk;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An operator's file, and the power that goes while it is written. */
class DurableFilesCutTest {
  private static final Path ROOT = Path.of("/state");
  private static final Path FILE = ROOT.resolve("record");
  private static final String OLD = "the old content";
  private static final String NEW = "the new content, which is longer";
  private static final int SEEDS = 50;

  @TempDir private Path folder;

  /** The same calls, on a disk that forgets what was not synced. */
  private record OnFakeDisk(FakeDisk disk) implements FileCalls {
    private static FileName name(Path path) {
      return FileName.of(ROOT.relativize(path).toString());
    }

    @Override
    public void write(Path file, byte[] content) throws IOException {
      try (Disk.Output out = disk.create(name(file))) {
        out.write(ByteBuffer.wrap(content));
      }
    }

    @Override
    public void permit(Path file, Set<PosixFilePermission> permissions) {}

    @Override
    public void sync(Path file) throws IOException {
      try (Disk.Output out = disk.append(name(file))) {
        out.sync();
      }
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
      disk.rename(name(from), name(to));
    }

    @Override
    public void syncDirectory(Path directory) throws IOException {
      disk.syncDirectory(ROOT.relativize(directory).toString());
    }

    @Override
    public void delete(Path file) throws IOException {
      disk.delete(name(file));
    }

    @Override
    public boolean exists(Path file) throws IOException {
      return disk.read(name(file), 1000).isPresent();
    }
  }

  private static FakeDisk withOld() throws IOException {
    FakeDisk disk = new FakeDisk();
    DurableFile.replace(disk, FileName.of("record"), OLD.getBytes(UTF_8));
    return disk;
  }

  private static String content(FakeDisk disk) throws IOException {
    return new String(disk.read(FileName.of("record"), 1000).orElse(new byte[0]), UTF_8);
  }

  @ParameterizedTest
  @EnumSource
  void aCutAnywhereLeavesTheOldOrTheNewContentWhole(Survival survival) throws IOException {
    Set<String> outcomes = new TreeSet<>();
    for (int seed = 0; seed < SEEDS; seed++) {
      boolean returned = false;
      for (int cut = 1; !returned; cut++) {
        FakeDisk disk = withOld();
        disk.cutBefore(cut);
        try {
          new DurableFiles(new OnFakeDisk(disk))
              .replace(FILE, NEW.getBytes(UTF_8), DurableFiles.PUBLIC);
          returned = true;
        } catch (PowerCut cutHere) {
          returned = false;
        }
        disk.reboot(survival, seed);
        String found = content(disk);
        assertTrue(Set.of(OLD, NEW).contains(found), () -> "found " + found);
        assertTrue(!returned || found.equals(NEW), "it had been reported done");
        outcomes.add(found);
      }
    }
    assertEquals(Set.of(OLD, NEW), outcomes, "some cuts came before, some after");
  }

  @Test
  void whatIsPrivateIsSoAndNothingIsLeftBeside() throws Exception {
    DurableFiles files = new DurableFiles();
    Path secret = folder.resolve("secret");
    files.create(secret, OLD.getBytes(UTF_8), DurableFiles.PRIVATE);
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(secret)));
    assertThrows(
        FileAlreadyExistsException.class,
        () -> files.create(secret, NEW.getBytes(UTF_8), DurableFiles.PRIVATE));
    assertEquals(OLD, Files.readString(secret));
    files.replace(secret, NEW.getBytes(UTF_8), DurableFiles.PUBLIC);
    assertEquals("rw-r--r--", PosixFilePermissions.toString(Files.getPosixFilePermissions(secret)));
    assertEquals(NEW, Files.readString(secret));
    try (Stream<Path> left = Files.list(folder)) {
      assertEquals(1, left.count());
    }
  }

  @Test
  void whatCannotBePutInPlaceLeavesNothing() throws Exception {
    Path taken = folder.resolve("taken");
    Files.createDirectories(taken.resolve("full"));
    DurableFiles files = new DurableFiles();
    assertThrows(
        IOException.class, () -> files.replace(taken, NEW.getBytes(UTF_8), DurableFiles.PUBLIC));
    assertTrue(Files.isDirectory(taken));
    try (Stream<Path> left = Files.list(folder)) {
      assertFalse(left.anyMatch(it -> it.toString().endsWith(".tmp")));
    }
  }
}
