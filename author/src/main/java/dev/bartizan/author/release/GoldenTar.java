// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.author.release;

import dev.bartizan.author.release.ReleaseRefusal.Code;
import dev.bartizan.crypto.Bytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/**
 * Golden vectors as one tar file: only what devices try, in one order, without times and owners, so
 * that equal vectors give equal bytes.
 */
final class GoldenTar {
  private static final int MAX_LENGTH = 64 << 20;

  private GoldenTar() {}

  /**
   * Packs vectors in the order of the map.
   *
   * @throws ReleaseRefusal BAD_GOLDEN when they are more than a device takes
   */
  static byte[] of(Map<String, Bytes> vectors) throws IOException, ReleaseRefusal {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar =
        new TarArchiveOutputStream(packed, StandardCharsets.US_ASCII.name())) {
      for (Map.Entry<String, Bytes> vector : vectors.entrySet()) {
        add(tar, vector.getKey(), vector.getValue().toArray());
      }
    }
    if (packed.size() > MAX_LENGTH) {
      throw new ReleaseRefusal(
          Code.BAD_GOLDEN, "the golden vectors have more than " + MAX_LENGTH + " bytes");
    }
    return packed.toByteArray();
  }

  private static void add(TarArchiveOutputStream tar, String name, byte[] content)
      throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(name);
    entry.setSize(content.length);
    entry.setModTime(0L);
    entry.setIds(0, 0);
    entry.setNames("", "");
    entry.setMode(TarArchiveEntry.DEFAULT_FILE_MODE);
    tar.putArchiveEntry(entry);
    tar.write(content);
    tar.closeArchiveEntry();
  }
}
