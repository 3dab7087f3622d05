// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.disk;

import dev.bartizan.crypto.TouchesTheWorld;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A state directory on a Linux file system, owned by one process at a time.
 *
 * <p>Files are 0600, directories 0700, symbolic links in place of a file are not followed. There is
 * no fall-back to a move that is not atomic: it fails. A thread that uses this disk must not be
 * interrupted: the platform closes a channel whose reader is interrupted.
 */
@TouchesTheWorld("the device's state directory")
public final class LinuxDisk implements Disk, Closeable {
  private static final String LOCK = ".lock";
  private static final FileAttribute<Set<PosixFilePermission>> PRIVATE_FILE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
  private static final FileAttribute<Set<PosixFilePermission>> PRIVATE_DIRECTORY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private final Path root;
  private final FileChannel owner;

  private LinuxDisk(Path root, FileChannel owner) {
    this.root = root;
    this.owner = owner;
  }

  /**
   * Takes the directory for this process until {@link #close}, or until the process dies; makes it
   * when it is missing.
   *
   * @throws IOException when another owner has it, or it cannot be used
   */
  public static LinuxDisk acquire(Path directory) throws IOException {
    Files.createDirectories(directory, PRIVATE_DIRECTORY);
    FileChannel owner =
        openPrivate(directory.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    if (!isFree(owner)) {
      owner.close();
      throw new IOException(directory + ": in use by another process");
    }
    return new LinuxDisk(directory, owner);
  }

  private static boolean isFree(FileChannel owner) throws IOException {
    try {
      // The lock belongs to the channel: it ends with close() or with the process, never before.
      FileLock lock = owner.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException heldInThisProcess) {
      return false;
    }
  }

  @Override
  public Optional<byte[]> read(FileName name, int limit) throws IOException {
    try (Input input = open(name)) {
      long size = input.size();
      if (size > limit) {
        throw new IOException(name + ": " + size + " bytes, more than the " + limit + " allowed");
      }
      ByteBuffer content = ByteBuffer.allocate((int) size);
      if (input.read(0, content) != size) {
        throw new EOFException(name + ": became shorter while it was read");
      }
      return Optional.of(content.array());
    } catch (NoSuchFileException none) {
      return Optional.empty();
    }
  }

  @Override
  public Input open(FileName name) throws IOException {
    return new ChannelInput(openPrivate(path(name), StandardOpenOption.READ));
  }

  @Override
  public Output create(FileName name) throws IOException {
    makeDirectory(name.directory());
    delete(name);
    return new ChannelOutput(
        name, openPrivate(path(name), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
  }

  @Override
  public Output append(FileName name) throws IOException {
    makeDirectory(name.directory());
    return new ChannelOutput(
        name, openPrivate(path(name), StandardOpenOption.CREATE, StandardOpenOption.APPEND));
  }

  @Override
  public Optional<Long> size(FileName name) throws IOException {
    try {
      return Optional.of(Files.size(path(name)));
    } catch (NoSuchFileException none) {
      return Optional.empty();
    }
  }

  @Override
  public void rename(FileName from, FileName to) throws IOException {
    makeDirectory(to.directory());
    Files.move(path(from), path(to), StandardCopyOption.ATOMIC_MOVE);
  }

  @Override
  public void delete(FileName name) throws IOException {
    Files.deleteIfExists(path(name));
  }

  @Override
  public void deleteTree(String directory) throws IOException {
    Path top = path(FileName.of(directory));
    if (!Files.isDirectory(top, LinkOption.NOFOLLOW_LINKS)) {
      Files.deleteIfExists(top);
      return;
    }
    try (Stream<Path> below = Files.walk(top)) {
      for (Path path : below.sorted(Comparator.reverseOrder()).toList()) {
        if (!path.equals(top)) {
          Files.deleteIfExists(path);
        }
      }
    }
  }

  @Override
  public void syncDirectory(String directory) throws IOException {
    makeDirectory(directory);
    force(directory(directory));
  }

  @Override
  public List<FileName> list(String directory) throws IOException {
    Path path = directory(directory);
    if (!Files.isDirectory(path)) {
      return List.of();
    }
    String prefix = directory.isEmpty() ? "" : directory + "/";
    try (Stream<Path> entries = Files.list(path)) {
      return entries
          .filter(entry -> Files.isRegularFile(entry, LinkOption.NOFOLLOW_LINKS))
          .map(entry -> prefix + entry.getFileName())
          // What has another kind of name was not put there through this port.
          .filter(FileName::isPlain)
          .filter(name -> !name.equals(LOCK))
          .sorted()
          .map(FileName::of)
          .toList();
    }
  }

  @Override
  public List<String> directories() throws IOException {
    try (Stream<Path> entries = Files.list(root)) {
      return entries
          .filter(entry -> Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS))
          .map(entry -> entry.getFileName().toString())
          .filter(FileName::isPlain)
          .sorted()
          .toList();
    }
  }

  @Override
  public void reserve(FileName name, long length) throws IOException {
    long missing = length - Files.size(path(name));
    if (missing > 0 && !FileSystem.allocate(path(name), length) && usableBytes() < missing) {
      throw new IOException("NO_SPACE: " + name + ": " + missing + " bytes needed");
    }
  }

  @Override
  public long usableBytes() throws IOException {
    return FileSystem.usableBytes(root);
  }

  /** Gives the directory back. */
  @Override
  public void close() throws IOException {
    owner.close();
  }

  private Path path(FileName name) {
    return root.resolve(name.path());
  }

  private Path directory(String directory) {
    return directory.isEmpty() ? root : path(FileName.of(directory));
  }

  /** A new directory's own name is made durable at once: nobody else would know that it is new. */
  private void makeDirectory(String directory) throws IOException {
    Path path = directory(directory);
    if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    Path parent = path.getParent();
    if (directory.contains("/")) {
      makeDirectory(directory.substring(0, directory.lastIndexOf('/')));
    }
    Files.createDirectory(path, PRIVATE_DIRECTORY);
    if (parent != null) {
      force(parent);
    }
  }

  private static void force(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private static FileChannel openPrivate(Path path, OpenOption... options) throws IOException {
    Set<OpenOption> all = new HashSet<>(List.of(options));
    all.add(LinkOption.NOFOLLOW_LINKS);
    return FileChannel.open(path, all, PRIVATE_FILE);
  }

  private record ChannelInput(FileChannel channel) implements Input {
    @Override
    public long size() throws IOException {
      return channel.size();
    }

    @Override
    public int read(long position, ByteBuffer target) throws IOException {
      int before = target.remaining();
      long at = position;
      while (target.hasRemaining()) {
        int count = channel.read(target, at);
        if (count < 0) {
          break;
        }
        at += count;
      }
      return before - target.remaining();
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }

  private record ChannelOutput(FileName name, FileChannel channel) implements Output {
    @Override
    public long size() throws IOException {
      return channel.size();
    }

    @Override
    public void write(ByteBuffer content) throws IOException {
      try {
        while (content.hasRemaining()) {
          channel.write(content);
        }
      } catch (IOException full) {
        throw named(full);
      }
    }

    @Override
    public void sync() throws IOException {
      try {
        channel.force(true);
      } catch (IOException failed) {
        throw named(failed);
      }
    }

    /** The platform says what is wrong ("No space left on device"), but not with which file. */
    private IOException named(IOException failure) {
      return new IOException(name + ": " + failure.getMessage(), failure);
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
