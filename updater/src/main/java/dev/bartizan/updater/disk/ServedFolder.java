// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.disk;

import dev.bartizan.crypto.TouchesTheWorld;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * Directories and files that a web server of another user is to read, whatever the umask of who
 * makes them. A directory that is there already keeps the mode somebody gave it.
 */
@TouchesTheWorld("what the operator publishes")
public final class ServedFolder {
  private static final Set<PosixFilePermission> FOLDER =
      PosixFilePermissions.fromString("rwxr-xr-x");
  private static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("rw-r--r--");

  private ServedFolder() {}

  /** Makes a directory and those above it that are missing. */
  public static Path make(Path folder) throws IOException {
    if (Files.isDirectory(folder)) {
      return folder;
    }
    Path above = folder.toAbsolutePath().getParent();
    if (above != null) {
      make(above);
    }
    try {
      Files.createDirectory(folder);
      Files.setPosixFilePermissions(folder, FOLDER);
    } catch (FileAlreadyExistsException other) {
      if (!Files.isDirectory(folder)) {
        throw other;
      }
    }
    return folder;
  }

  /** Lets everybody read a file that is about to be published. */
  public static void open(Path file) throws IOException {
    Files.setPosixFilePermissions(file, FILE);
  }
}
