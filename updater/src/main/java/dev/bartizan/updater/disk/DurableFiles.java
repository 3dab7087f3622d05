// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.disk;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;

/**
 * The one way in which an operator's files come to be: written beside their place, synced, renamed,
 * and the directory synced. After a power cut a file is the old or the new one, whole; when a
 * method has returned, it is the new one. (A device's state: {@link DurableFile}.)
 */
public final class DurableFiles {
  /** For its owner alone. */
  public static final Set<PosixFilePermission> PRIVATE =
      PosixFilePermissions.fromString("rw-------");

  /** For everybody to read. */
  public static final Set<PosixFilePermission> PUBLIC =
      PosixFilePermissions.fromString("rw-r--r--");

  private final FileCalls calls;

  public DurableFiles() {
    this(new FileCalls.Linux());
  }

  DurableFiles(FileCalls calls) {
    this.calls = calls;
  }

  /** Makes {@code file} or replaces it. Its directory has to be there. */
  public void replace(Path file, byte[] content, Set<PosixFilePermission> permissions)
      throws IOException {
    // Hidden, and with an end that no listing asks for.
    Path temporary = file.resolveSibling(".new-" + UUID.randomUUID() + ".tmp");
    try {
      calls.write(temporary, content);
      calls.permit(temporary, permissions);
      publish(temporary, file, parent(file));
    } finally {
      calls.delete(temporary);
    }
  }

  /**
   * Makes {@code file}, which must not be there yet. Two who try at once are kept apart by whoever
   * calls: the last would win.
   *
   * @throws FileAlreadyExistsException when it is there
   */
  public void create(Path file, byte[] content, Set<PosixFilePermission> permissions)
      throws IOException {
    if (calls.exists(file)) {
      throw new FileAlreadyExistsException(file.toString());
    }
    replace(file, content, permissions);
  }

  /**
   * Gives a file that is written, but perhaps not synced, its place.
   *
   * @param root a directory at or above {@code place}: those from there on down may be new, and a
   *     name is durable only in a synced directory
   */
  public void publish(Path incoming, Path place, Path root) throws IOException {
    calls.sync(incoming);
    calls.rename(incoming, place);
    Path directory = parent(place);
    do {
      calls.syncDirectory(directory);
      directory = directory.getParent();
    } while (directory != null && directory.startsWith(root));
  }

  private static Path parent(Path file) {
    return Objects.requireNonNull(file.toAbsolutePath().getParent(), "a file is in a directory");
  }
}
