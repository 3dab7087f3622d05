// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.fetch;

import dev.bartizan.crypto.Refusal;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A file on its way in, kept across disconnects, kills and reboots. */
public interface ResumableFile {
  /** Bytes that are there already; the download goes on from here. */
  long size();

  /** Adds all that remains in {@code content} to the end. Not durable. */
  void append(ByteBuffer content) throws IOException;

  /** Makes what was appended so far durable. */
  void checkpoint() throws IOException;

  /** Throws away what is there; the size is 0 afterwards. */
  void restart() throws IOException;

  /**
   * The file is complete: checks its SHA-256, makes it durable and releases it under its name.
   *
   * @throws Refusal when the bytes are not the signed ones; they are gone then
   */
  void finish() throws IOException, Refusal;
}
