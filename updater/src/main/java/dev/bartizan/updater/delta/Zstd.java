package dev.bartizan.updater.delta;

import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdDictContentType;
import com.github.luben.zstd.ZstdException;
import dev.bartizan.updater.delta.DeltaRefusal.Reason;

/** Unpacks zstd frames of known length: one byte more or less is refused, so nothing can bloat. */
final class Zstd {
  /** Fills {@code target} up to {@code length} from a frame that needs no dictionary. */
  void unpack(byte[] packed, int start, int packedLength, byte[] target, int length)
      throws DeltaRefusal {
    try (ZstdDecompressCtx context = new ZstdDecompressCtx()) {
      unpack(context, packed, start, packedLength, target, length);
    }
  }

  /** As {@link #unpack}, with {@code window} as what the frame may refer to. */
  void unpackWith(byte[] window, byte[] packed, int packedLength, byte[] target, int length)
      throws DeltaRefusal {
    try (ZstdDecompressCtx context = new ZstdDecompressCtx()) {
      // Raw, or a base that happens to start like a trained dictionary would be taken for one.
      context.loadDict(window, ZstdDictContentType.RAW_CONTENT);
      unpack(context, packed, 0, packedLength, target, length);
    }
  }

  private static void unpack(
      ZstdDecompressCtx context,
      byte[] packed,
      int start,
      int packedLength,
      byte[] target,
      int length)
      throws DeltaRefusal {
    int unpacked;
    try {
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
