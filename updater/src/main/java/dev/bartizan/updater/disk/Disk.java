// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.disk;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/**
 * The device's state directory. Nothing is durable until it was synced: content by {@link
 * Output#sync}, names by {@link #syncDirectory}.
 *
 * <p>Directories come into being with the first file in them. Every method throws {@link
 * IOException} when the world does not play along; the state is then as the single call left it.
 */
public interface Disk {
  /**
   * The whole content of a small file, or empty when there is none.
   *
   * @param limit the most bytes to accept
   * @throws IOException also when the file is longer than {@code limit}
   */
  Optional<byte[]> read(FileName name, int limit) throws IOException;

  /** Opens an existing file for reading at any position. */
  Input open(FileName name) throws IOException;

  /**
   * Makes a new, empty file in place of whatever had the name. Not durable. Another name that a
   * power cut left to the old file keeps its content: it is not emptied, but let go.
   */
  Output create(FileName name) throws IOException;

  /** Opens a file to add to its end; makes it when there is none. Not durable. */
  Output append(FileName name) throws IOException;

  /** The length in bytes, or empty when there is no such file. */
  Optional<Long> size(FileName name) throws IOException;

  /** Moves atomically over whatever has the new name. Not durable until the directory is synced. */
  void rename(FileName from, FileName to) throws IOException;

  /** Deletes the file if it is there. Not durable until the directory is synced. */
  void delete(FileName name) throws IOException;

  /**
   * Deletes whatever is in {@code directory}, of any kind and by any name; links are not followed.
   * Not durable.
   */
  void deleteTree(String directory) throws IOException;

  /** Makes the names in a directory durable; {@code ""} is the state directory itself. */
  void syncDirectory(String directory) throws IOException;

  /** The files (not directories) directly in {@code directory}, sorted; none when it is missing. */
  List<FileName> list(String directory) throws IOException;

  /** The directories directly in the state directory, sorted. */
  List<String> directories() throws IOException;

  /**
   * Allocates what an existing file needs to grow to {@code length} bytes, so that it will not find
   * the disk full on the way. Its size and content stay as they are.
   *
   * @throws IOException when there is no room for that
   */
  void reserve(FileName name, long length) throws IOException;

  /** Bytes that can still be written. */
  long usableBytes() throws IOException;

  /** An open file to read from. */
  interface Input extends Closeable {
    long size() throws IOException;

    /**
     * Reads at {@code position} until {@code target} is full or the file ends; returns the number
     * of bytes read, 0 at the end.
     */
    int read(long position, ByteBuffer target) throws IOException;
  }

  /** An open file to add to. Closing it does not sync it. */
  interface Output extends Closeable {
    /** Bytes in the file, those written included. */
    long size() throws IOException;

    /** Writes all that remains in {@code content}. Not durable. */
    void write(ByteBuffer content) throws IOException;

    /** Makes the content written so far durable. */
    void sync() throws IOException;
  }
}
