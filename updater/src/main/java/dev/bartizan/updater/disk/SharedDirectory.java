// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.disk;

import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.TouchesTheWorld;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

/**
 * A directory of small files, each replaced whole, that several processes share: a running server
 * and the operator's commands use it at the same time, and take turns with {@link #exclusively}. (A
 * device's state belongs to one process alone: {@link LinuxDisk}.)
 */
@TouchesTheWorld("the files of an operator's directory")
public final class SharedDirectory {
  private static final String LOCK = ".lock";
  private static final FileAttribute<Set<PosixFilePermission>> PRIVATE_FILE =
      PosixFilePermissions.asFileAttribute(DurableFiles.PRIVATE);

  /** A lock on a file keeps other processes out, and not other threads of this one. */
  private static final Map<Path, ReentrantLock> THREADS = new ConcurrentHashMap<>();

  private final Path root;
  private final DurableFiles files = new DurableFiles();

  /** The directory may not exist yet; the first {@link #write} makes it. */
  public SharedDirectory(Path root) {
    this.root = root.toAbsolutePath().normalize();
  }

  /** A change that must not be mixed with another process's. */
  @FunctionalInterface
  public interface Change<T> {
    T make() throws IOException, Refusal;
  }

  /**
   * The content of {@code name}, or empty when there is no such file.
   *
   * @throws IOException also when it is longer than {@code limit} bytes
   */
  public Optional<byte[]> find(String name, int limit) throws IOException {
    Path path = path(name);
    try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ)) {
      if (file.size() > limit) {
        throw new IOException(path + ": longer than " + limit + " bytes");
      }
      ByteBuffer content = ByteBuffer.allocate((int) file.size());
      while (content.hasRemaining() && file.read(content) >= 0) {
        // Until the file ends or the buffer is full.
      }
      return Optional.of(content.array());
    } catch (NoSuchFileException none) {
      return Optional.empty();
    }
  }

  /** The content of {@code name}; its absence is an {@link IOException} that names it. */
  public byte[] read(String name, int limit) throws IOException {
    Optional<byte[]> content = find(name, limit);
    return content.orElseThrow(() -> new NoSuchFileException(path(name).toString()));
  }

  /** Writes a file that anybody may read, whole or not at all, durably. */
  public void write(String name, byte[] content) throws IOException {
    replace(name, content, DurableFiles.PUBLIC);
  }

  /** The same for a file that only its owner may read, from the first byte on. */
  public void writePrivate(String name, byte[] content) throws IOException {
    replace(name, content, DurableFiles.PRIVATE);
  }

  /** Deletes the file durably; whether it was there. */
  public boolean delete(String name) throws IOException {
    Path path = path(name);
    boolean was = Files.deleteIfExists(path);
    if (was) {
      sync(parent(path));
    }
    return was;
  }

  /** The names in {@code folder} that end in {@code suffix}, sorted, without the folder. */
  public List<String> list(String folder, String suffix) throws IOException {
    Path directory = path(folder);
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(directory)) {
      return entries
          .filter(entry -> Files.isRegularFile(entry, LinkOption.NOFOLLOW_LINKS))
          .map(entry -> String.valueOf(entry.getFileName()))
          .filter(name -> name.endsWith(suffix) && !name.startsWith("."))
          .sorted()
          .toList();
    }
  }

  /** The folders in {@code folder}, sorted, without it. */
  public List<String> folders(String folder) throws IOException {
    Path directory = path(folder);
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(directory)) {
      return entries
          .filter(entry -> Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS))
          .map(entry -> String.valueOf(entry.getFileName()))
          .sorted()
          .toList();
    }
  }

  /**
   * Insists that nobody was here before, not even somebody who was interrupted.
   *
   * @param traces files, any of which is a sign of it
   * @param what they would be a part of, for the message
   */
  public void requireNone(List<String> traces, String what) throws AlreadyInitialised {
    for (String trace : traces) {
      if (Files.exists(path(trace), LinkOption.NOFOLLOW_LINKS)) {
        throw new AlreadyInitialised(path(trace), what);
      }
    }
  }

  /** Makes {@code change} while no other process or thread makes one. */
  public <T> T exclusively(Change<T> change) throws IOException, Refusal {
    ReentrantLock turn = THREADS.computeIfAbsent(root, path -> new ReentrantLock());
    turn.lock();
    try {
      return withoutOtherProcesses(change);
    } finally {
      turn.unlock();
    }
  }

  private <T> T withoutOtherProcesses(Change<T> change) throws IOException, Refusal {
    ServedFolder.make(root);
    try (FileChannel file =
            FileChannel.open(
                root.resolve(LOCK),
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                PRIVATE_FILE);
        FileLock held = file.lock()) {
      if (!held.isValid()) {
        throw new IOException(root + ": cannot be locked");
      }
      return change.make();
    }
  }

  /** Where {@code name} is, for messages and for programs that are given a path. */
  public Path path(String name) {
    Path path = root.resolve(name).normalize();
    if (!path.startsWith(root)) {
      throw new IllegalArgumentException("a name that leaves the directory: " + name);
    }
    return path;
  }

  private void replace(String name, byte[] content, Set<PosixFilePermission> permissions)
      throws IOException {
    Path path = path(name);
    ServedFolder.make(root);
    Path folder = parent(path);
    if (permissions.equals(DurableFiles.PUBLIC)) {
      ServedFolder.make(folder);
    } else {
      Files.createDirectories(folder);
    }
    files.replace(path, content, permissions);
  }

  private static void sync(Path folder) throws IOException {
    try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
      directory.force(true);
    }
  }

  private Path parent(Path path) {
    Path parent = path.getParent();
    return parent == null ? root : parent;
  }
}
