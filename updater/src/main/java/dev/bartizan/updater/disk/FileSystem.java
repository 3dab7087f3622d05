// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.disk;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;
import dev.bartizan.crypto.TouchesTheWorld;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * The file system below the state directory, asked through an open descriptor. Java's own way looks
 * for the mount point in {@code /proc/mounts}, which a sandbox may not show; and it cannot allocate
 * blocks at all.
 */
@TouchesTheWorld("fstatvfs and fallocate of the C library")
public final class FileSystem {
  /** More than {@code struct statvfs} takes anywhere. */
  private static final int ANSWER_LONGS = 32;

  private static final int FRAGMENT_SIZE = 1;
  private static final int AVAILABLE_FRAGMENTS = 4;

  private static final DiskCalls C = Native.load("c", DiskCalls.class);

  private FileSystem() {}

  /** Work on an open descriptor. */
  @FunctionalInterface
  private interface Work<T> {
    T on(int descriptor);
  }

  /** Bytes that somebody who is not root can still write below {@code directory}. */
  public static long usableBytes(Path directory) throws IOException {
    long[] answer = new long[ANSWER_LONGS];
    try {
      opened(directory, 0, descriptor -> C.fstatvfs(descriptor, answer));
    } catch (LastErrorException refused) {
      throw new IOException(
          directory + ": its free space cannot be told: " + refused.getMessage(), refused);
    }
    return product(answer[FRAGMENT_SIZE], answer[AVAILABLE_FRAGMENTS]);
  }

  /** A file system that claims more than a number can say has enough. */
  static long product(long size, long count) {
    boolean fits = size > 0 && count >= 0 && Math.multiplyHigh(size, count) == 0;
    return fits && size * count >= 0 ? size * count : size <= 0 ? 0 : Long.MAX_VALUE;
  }

  /**
   * Allocates what {@code file} needs to grow to {@code length} bytes; false when this file system
   * cannot, and nobody knows whether there is room. Writing zeros instead would wear the flash
   * twice.
   *
   * @throws IOException when there is no room
   */
  static boolean allocate(Path file, long length) throws IOException {
    try {
      opened(
          file,
          DiskCalls.O_WRONLY,
          descriptor -> C.fallocate(descriptor, DiskCalls.FALLOC_FL_KEEP_SIZE, 0, length));
      return true;
    } catch (LastErrorException refused) {
      if (refused.getErrorCode() == DiskCalls.ENOSPC
          || refused.getErrorCode() == DiskCalls.EDQUOT) {
        throw new IOException(
            "NO_SPACE: " + file.getFileName() + ": " + length + " bytes", refused);
      }
      return false;
    }
  }

  private static <T> T opened(Path path, int flags, Work<T> work) {
    byte[] name = path.toString().getBytes(StandardCharsets.UTF_8);
    int descriptor = C.open(Arrays.copyOf(name, name.length + 1), flags | DiskCalls.O_CLOEXEC);
    try {
      return work.on(descriptor);
    } finally {
      C.close(descriptor);
    }
  }
}
