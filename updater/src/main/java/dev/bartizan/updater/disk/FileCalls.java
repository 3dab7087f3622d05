// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.disk;

import dev.bartizan.crypto.TouchesTheWorld;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** The few calls that durable files are made of, so that a test can cut the power between two. */
interface FileCalls {
  /** Makes a file with this content, readable by its owner alone. Not durable. */
  void write(Path file, byte[] content) throws IOException;

  /** Says who may read a file. */
  void permit(Path file, Set<PosixFilePermission> permissions) throws IOException;

  /** Makes a file's content durable. */
  void sync(Path file) throws IOException;

  /** Moves atomically over whatever has the new name. Not durable until the directory is synced. */
  void rename(Path from, Path to) throws IOException;

  void syncDirectory(Path directory) throws IOException;

  void delete(Path file) throws IOException;

  /** Whether anything has this name, a link that leads nowhere too. */
  boolean exists(Path file) throws IOException;

  /** Those of the operating system. There is no fall-back to a move that is not atomic. */
  @TouchesTheWorld("the files of an operator's directory")
  final class Linux implements FileCalls {
    @Override
    public void write(Path file, byte[] content) throws IOException {
      try (FileChannel channel =
          FileChannel.open(
              file,
              Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
              PosixFilePermissions.asFileAttribute(DurableFiles.PRIVATE))) {
        ByteBuffer rest = ByteBuffer.wrap(content);
        while (rest.hasRemaining()) {
          channel.write(rest);
        }
      }
    }

    @Override
    public void permit(Path file, Set<PosixFilePermission> permissions) throws IOException {
      Files.setPosixFilePermissions(file, permissions);
    }

    @Override
    public void sync(Path file) throws IOException {
      force(file, StandardOpenOption.WRITE);
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void syncDirectory(Path directory) throws IOException {
      force(directory, StandardOpenOption.READ);
    }

    @Override
    public void delete(Path file) throws IOException {
      Files.deleteIfExists(file);
    }

    @Override
    public boolean exists(Path file) {
      return Files.exists(file, LinkOption.NOFOLLOW_LINKS);
    }

    private static void force(Path path, StandardOpenOption access) throws IOException {
      try (FileChannel channel = FileChannel.open(path, access)) {
        channel.force(true);
      }
    }
  }
}
