// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.author.keys;

import dev.bartizan.crypto.TouchesTheWorld;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The directory of a key ring: files 0600, the directory 0700, nothing ever overwritten. */
@TouchesTheWorld("the author's key files")
public final class KeyFolder {
  private static final String SUFFIX = ".pem";
  private static final int KEY_FILE_BYTES_MAX = 64 * 1024;
  private static final FileAttribute<Set<PosixFilePermission>> PRIVATE_FILE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
  private static final FileAttribute<Set<PosixFilePermission>> PRIVATE_DIRECTORY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private final Path directory;

  public KeyFolder(Path directory) {
    this.directory = directory;
  }

  /** The names of all keys, {@code "models-1"}, sorted. */
  List<String> names() throws IOException {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(SUFFIX))
          .map(name -> name.substring(0, name.length() - SUFFIX.length()))
          .sorted()
          .toList();
    }
  }

  byte[] read(String name) throws IOException {
    Path file = file(name);
    if (Files.size(file) > KEY_FILE_BYTES_MAX) {
      throw new IOException(file + ": too long for a key");
    }
    return Files.readAllBytes(file);
  }

  /** Writes a new key durably; fails when the name is taken, since a lost key stays lost. */
  void add(String name, byte[] pem) throws IOException {
    Files.createDirectories(directory, PRIVATE_DIRECTORY);
    Set<StandardOpenOption> fresh = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    try (FileChannel channel = FileChannel.open(file(name), fresh, PRIVATE_FILE)) {
      ByteBuffer rest = ByteBuffer.wrap(pem);
      while (rest.hasRemaining()) {
        channel.write(rest);
      }
      channel.force(true);
    }
    try (FileChannel entries = FileChannel.open(directory, StandardOpenOption.READ)) {
      entries.force(true);
    }
  }

  Path file(String name) {
    return directory.resolve(name + SUFFIX);
  }
}
