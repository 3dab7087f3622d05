// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.cli;

import dev.bartizan.crypto.TouchesTheWorld;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** A small file that was named on the command line. */
@TouchesTheWorld("reads the operator's files")
public final class InputFile {
  private InputFile() {}

  /** Its content; longer than {@code limit} bytes is an {@link IOException} that names it. */
  public static byte[] read(Path file, int limit) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] content = in.readNBytes(limit + 1);
      if (content.length > limit) {
        throw new IOException(file + ": longer than " + limit + " bytes");
      }
      return content;
    }
  }
}
