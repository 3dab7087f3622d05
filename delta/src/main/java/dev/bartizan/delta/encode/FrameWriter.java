// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.delta.encode;

import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDictContentType;
import dev.bartizan.delta.format.Numbers;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;

/** Packs the byte-wise parts of a section. */
final class FrameWriter {
  /** What costs an operator's time, not a device's. */
  private static final int LEVEL = 19;

  private static final int QUICK = 3;

  /** Bytes. */
  private static final int LONGER_MATCH = 4;

  /** Shorter ones do not pay for a bzip2 stream's tables. */
  private static final int TEXT_MIN = 512;

  private static final int AS_THE_LEVEL_HAS_IT = 0;

  /** How much longer a quick frame may be than what is to be beaten, and by how many bytes more. */
  private static final double WORTH_A_TRY = 1.5;

  private static final int OF_NO_MATTER = 4096;

  /** 16 MiB: the content and the widest prefix before it. */
  private static final int WINDOW_LOG = 24;

  private FrameWriter() {}

  /** Writes content as the decoder's "packed", in the shortest way. */
  static void write(byte[] content, byte[] prefix, ByteArrayOutputStream out) {
    Numbers.write(out, content.length);
    if (content.length == 0) {
      return;
    }
    byte[] frame = shortest(content, prefix);
    byte[] text = content.length < TEXT_MIN ? frame : bzip2(content);
    boolean isText = text.length < frame.length;
    byte[] packed = isText ? text : frame;
    boolean stored = packed.length >= content.length;
    Numbers.write(out, stored ? 0 : 2L * packed.length + (isText ? 1 : 0));
    out.writeBytes(stored ? content : packed);
  }

  private static byte[] bzip2(byte[] content) {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (BZip2CompressorOutputStream out = new BZip2CompressorOutputStream(packed)) {
      out.write(content);
    } catch (IOException impossible) {
      throw new UncheckedIOException("memory cannot fail to be written", impossible);
    }
    return packed.toByteArray();
  }

  /** Whether bytes alone would do better: repeated values, masks, tables of indices. */
  static boolean isShorter(byte[] content, byte[] prefix, double length) {
    return pack(content, prefix, QUICK).length < WORTH_A_TRY * length + OF_NO_MATTER
        && pack(content, prefix, LEVEL).length < length;
  }

  /** With short matches, or without: among floats they cost more than they save. */
  private static byte[] shortest(byte[] content, byte[] prefix) {
    byte[] usual = pack(content, prefix, LEVEL);
    byte[] other = pack(content, prefix, LEVEL, LONGER_MATCH);
    return other.length < usual.length ? other : usual;
  }

  private static byte[] pack(byte[] content, byte[] prefix, int level) {
    return pack(content, prefix, level, AS_THE_LEVEL_HAS_IT);
  }

  private static byte[] pack(byte[] content, byte[] prefix, int level, int matchMin) {
    try (ZstdCompressCtx context = new ZstdCompressCtx()) {
      context
          .setMinMatch(matchMin)
          .setLevel(level)
          .setDictID(false)
          .setContentSize(false)
          .setChecksum(false);
      context.setMagicless(true);
      if (prefix.length > 0) {
        context.setWindowLog(WINDOW_LOG);
        context.loadDict(prefix, ZstdDictContentType.RAW_CONTENT);
      }
      return context.compress(content);
    }
  }
}
