package dev.bartizan.proving.memory;

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
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Every file of the system that changed since a moment, whoever changed it. */
final class FileSweep extends SimpleFileVisitor<Path> {
  /** What is no storage; shared memory, below /dev, is. */
  private static final Set<Path> NO_STORAGE =
      Set.of(Path.of("/proc"), Path.of("/sys"), Path.of("/dev"));

  private final FileTime since;
  private final Set<Path> except;
  private final Needles needles;
  private final List<Path> found = new ArrayList<>();
  private int searched;

  private FileSweep(FileTime since, Set<Path> except, Needles needles) {
    this.since = since;
    this.except = except;
    this.needles = needles;
  }

  /**
   * Searches everything.
   *
   * @param except whose business it is to hold what is looked for
   */
  static FileSweep ofTheSystem(FileTime since, Set<Path> except, Needles needles)
      throws IOException {
    FileSweep sweep = new FileSweep(since, except, needles);
    Files.walkFileTree(Path.of("/"), sweep);
    Files.walkFileTree(Path.of("/dev/shm"), sweep);
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
        .toList();
  }

  /** The files that hold a needle. */
  List<Path> found() {
    return found;
  }

  int searched() {
    return searched;
  }

  @Override
  public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
    return NO_STORAGE.contains(directory) || except.contains(directory)
        ? FileVisitResult.SKIP_SUBTREE
        : FileVisitResult.CONTINUE;
  }

  @Override
  public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
    if (attributes.isRegularFile() && !except.contains(file) && hasChanged(file)) {
      search(file);
    }
    return FileVisitResult.CONTINUE;
  }

  /** By the time of the inode, which no program can set. */
  private boolean hasChanged(Path file) throws IOException {
    try {
      FileTime changed =
          (FileTime) Files.getAttribute(file, "unix:ctime", LinkOption.NOFOLLOW_LINKS);
      return changed.compareTo(since) >= 0;
    } catch (NoSuchFileException gone) {
      return false;
    }
  }

  @Override
  public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
    if (failure instanceof NoSuchFileException) {
      return FileVisitResult.CONTINUE; // Somebody's temporary file.
    }
    throw failure;
  }

  @Override
  public FileVisitResult postVisitDirectory(
      Path directory, @org.jspecify.annotations.Nullable IOException ignored) {
    return FileVisitResult.CONTINUE;
  }

  private void search(Path file) throws IOException {
    try (FileChannel content = FileChannel.open(file)) {
      searched++;
      if (needles.countIn(content::read) > 0) {
        found.add(file);
      }
    } catch (NoSuchFileException gone) {
      // It cannot hold anything for anybody.
    }
  }
}
