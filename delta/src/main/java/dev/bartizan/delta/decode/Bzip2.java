// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.delta.decode;

import dev.bartizan.delta.format.DeltaRefusal;
import dev.bartizan.delta.format.DeltaRefusal.Reason;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;

/**
 * Unpacks bzip2 streams of known length, with at most some 5 MB of memory: of texts (labels,
 * vocabularies, metadata) they leave a tenth to a quarter less than zstd does.
 */
final class Bzip2 {
  private Bzip2() {}

  /** Fills {@code target} up to {@code length}; one byte more or less is refused. */
  static void unpack(byte[] packed, int start, int packedLength, byte[] target, int length)
      throws DeltaRefusal {
    ByteArrayInputStream source = new ByteArrayInputStream(packed, start, packedLength);
    try (InputStream in = new BZip2CompressorInputStream(source)) {
      int unpacked = in.readNBytes(target, 0, length);
      if (unpacked != length || in.read() >= 0 || source.available() > 0) {
        throw new DeltaRefusal(Reason.MALFORMED, "bzip2: not a stream of " + length + " bytes");
      }
    } catch (IOException | IndexOutOfBoundsException broken) {
      // The decoder leaves some broken streams to the bounds of its arrays.
      throw new DeltaRefusal(Reason.MALFORMED, "bzip2: " + broken.getMessage(), broken);
    }
  }
}
