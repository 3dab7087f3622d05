package dev.bartizan.fleet.delta;

import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDictContentType;
import dev.bartizan.updater.delta.Numbers;
import java.io.ByteArrayOutputStream;

/** Packs the byte-wise parts of a section. */
final class FrameWriter {
  /** What costs an operator's time, not a device's. */
  private static final int LEVEL = 19;

  private static final int QUICK = 3;

  /** How much longer a quick frame may be than what is to be beaten, and by how many bytes more. */
  private static final double WORTH_A_TRY = 1.5;

  private static final int OF_NO_MATTER = 4096;

  /** 16 MiB: the content and the widest prefix before it. */
  private static final int WINDOW_LOG = 24;

  private FrameWriter() {}

  /** Writes content as the decoder's "packed": length, packed length, bytes; stored if shorter. */
  static void write(byte[] content, byte[] prefix, ByteArrayOutputStream out) {
    Numbers.write(out, content.length);
    if (content.length == 0) {
      return;
    }
    byte[] packed = pack(content, prefix, LEVEL);
    boolean stored = packed.length >= content.length;
    Numbers.write(out, stored ? 0 : packed.length);
    out.writeBytes(stored ? content : packed);
  }

  /** Whether bytes alone would do better: repeated values, masks, tables of indices. */
  static boolean isShorter(byte[] content, byte[] prefix, double length) {
    return pack(content, prefix, QUICK).length < WORTH_A_TRY * length + OF_NO_MATTER
        && pack(content, prefix, LEVEL).length < length;
  }

  private static byte[] pack(byte[] content, byte[] prefix, int level) {
    try (ZstdCompressCtx context = new ZstdCompressCtx()) {
      context.setLevel(level).setDictID(false).setContentSize(false).setChecksum(false);
      context.setMagicless(true);
      if (prefix.length > 0) {
        context.setWindowLog(WINDOW_LOG);
        context.loadDict(prefix, ZstdDictContentType.RAW_CONTENT);
      }
      return context.compress(content);
    }
  }
}
