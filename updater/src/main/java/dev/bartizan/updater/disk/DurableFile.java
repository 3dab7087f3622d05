// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.disk;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Replaces small files so that a power cut leaves the old or the new content, whole. */
public final class DurableFile {
  private static final String TEMPORARY = ".tmp";

  private DurableFile() {}

  /**
   * Writes a temporary file, syncs it, renames it over {@code name}, syncs the directory.
   *
   * @throws IOException when any of it failed; {@code name} then holds the old content or the new
   */
  public static void replace(Disk disk, FileName name, byte[] content) throws IOException {
    FileName temporary = name.plus(TEMPORARY);
    try (Disk.Output output = disk.create(temporary)) {
      output.write(ByteBuffer.wrap(content));
      output.sync();
    }
    disk.rename(temporary, name);
    disk.syncDirectory(name.directory());
  }

  /** Deletes {@code name} and makes that durable. */
  public static void delete(Disk disk, FileName name) throws IOException {
    disk.delete(name);
    disk.syncDirectory(name.directory());
  }
}
