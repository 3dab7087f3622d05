// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.memory;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Every file that changed since a moment, whoever changed it, on each file system that the product
 * can write to. What is mounted elsewhere, somebody else's {@code /proc} for one, is left alone;
 * what cannot be read is gone past, and counted.
 */
final class FileSweep extends SimpleFileVisitor<Path> {
  /** The root, and the places that often are file systems of their own. */
  private static final List<Path> WRITABLE =
      List.of(
          Path.of("/"),
          Path.of("/tmp"),
          Path.of("/var/tmp"),
          Path.of("/var/lib"),
          Path.of("/dev/shm"),
          Path.of("/run"),
          Path.of(System.getProperty("user.home", "/")));

  private final FileTime since;
  private final Set<Path> except;
  private final Needles needles;
  private final List<Path> found = new ArrayList<>();
  private final List<Path> passed = new ArrayList<>();
  private Object device = "";
  private int searched;

  private FileSweep(FileTime since, Set<Path> except, Needles needles) {
    this.since = since;
    this.except = except;
    this.needles = needles;
  }

  /**
   * Searches the usual places and {@code home}.
   *
   * @param except whose business it is to hold what is looked for
   */
  static FileSweep ofTheSystem(FileTime since, Path home, Set<Path> except, Needles needles)
      throws IOException {
    FileSweep sweep = new FileSweep(since, except, needles);
    Set<Object> walked = new HashSet<>();
    for (Path place : Stream.concat(WRITABLE.stream(), Stream.of(home)).toList()) {
      if (Files.isDirectory(place) && walked.add(deviceOf(place))) {
        sweep.device = deviceOf(place);
        Files.walkFileTree(place, sweep);
      }
    }
    for (Path swap : swapSpace()) {
      sweep.search(swap);
    }
    return sweep;
  }

  /** Adds what a process holds open, which may have no name any more. */
  FileSweep withFilesOf(long pid) throws IOException {
    try (Stream<Path> open = Files.list(Path.of("/proc", String.valueOf(pid), "fd"))) {
      for (Path file : open.filter(Files::isRegularFile).toList()) {
        search(file);
      }
    }
    return this;
  }

  private static List<Path> swapSpace() throws IOException {
    return Files.readAllLines(Path.of("/proc/swaps")).stream()
        .skip(1)
        .map(line -> Path.of(line.split("\\s+", 2)[0]))
        .filter(Files::exists)
        .toList();
  }

  private static Object deviceOf(Path directory) throws IOException {
    return Files.getAttribute(directory, "unix:dev");
  }

  /** The files that hold a needle. */
  List<Path> found() {
    return found;
  }

  int searched() {
    return searched;
  }

  /** What could not be read. */
  List<Path> passed() {
    return passed;
  }

  @Override
  public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
    try {
      return except.contains(directory) || !deviceOf(directory).equals(device)
          ? FileVisitResult.SKIP_SUBTREE
          : FileVisitResult.CONTINUE;
    } catch (IOException unreadable) {
      return pass(directory, unreadable);
    }
  }

  @Override
  public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
    if (attributes.isRegularFile() && !except.contains(file) && hasChanged(file)) {
      search(file);
    }
    return FileVisitResult.CONTINUE;
  }

  /** By the time of the inode, which no program can set. */
  private boolean hasChanged(Path file) {
    try {
      FileTime changed =
          (FileTime) Files.getAttribute(file, "unix:ctime", LinkOption.NOFOLLOW_LINKS);
      return changed.compareTo(since) >= 0;
    } catch (IOException unreadable) {
      pass(file, unreadable);
      return false;
    }
  }

  @Override
  public FileVisitResult visitFileFailed(Path file, IOException failure) {
    return pass(file, failure);
  }

  @Override
  public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException ignored) {
    return FileVisitResult.CONTINUE;
  }

  private void search(Path file) {
    try (FileChannel content = FileChannel.open(file)) {
      searched++;
      if (needles.countIn(content::read) > 0) {
        found.add(file);
      }
    } catch (IOException unreadable) {
      pass(file, unreadable);
    }
  }

  private FileVisitResult pass(Path file, IOException why) {
    // Somebody's temporary file cannot hold anything for anybody any more.
    if (!(why instanceof NoSuchFileException)) {
      passed.add(file);
    }
    return FileVisitResult.SKIP_SUBTREE;
  }
}
