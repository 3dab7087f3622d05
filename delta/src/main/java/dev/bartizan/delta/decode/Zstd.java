// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.delta.decode;

import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdDictContentType;
import com.github.luben.zstd.ZstdException;
import dev.bartizan.delta.format.DeltaRefusal;
import dev.bartizan.delta.format.DeltaRefusal.Reason;

/** Unpacks zstd frames of known length: one byte more or less is refused, so nothing can bloat. */
final class Zstd {
  /**
   * Fills {@code target} up to {@code length} from a frame without magic number.
   *
   * @param prefix what the frame may refer to, may be empty
   */
  void unpack(byte[] prefix, byte[] packed, int start, int packedLength, byte[] target, int length)
      throws DeltaRefusal {
    int unpacked;
    try (ZstdDecompressCtx context = new ZstdDecompressCtx()) {
      context.setMagicless(true);
      if (prefix.length > 0) {
        // Raw, or a base that happens to start like a trained dictionary would be taken for one.
        context.loadDict(prefix, ZstdDictContentType.RAW_CONTENT);
      }
      unpacked = context.decompressByteArray(target, 0, length, packed, start, packedLength);
    } catch (ZstdException broken) {
      throw new DeltaRefusal(Reason.MALFORMED, "zstd: " + broken.getMessage(), broken);
    }
    if (unpacked != length) {
      throw new DeltaRefusal(
          Reason.MALFORMED, "zstd: " + unpacked + " bytes came out, not " + length);
    }
  }
}
