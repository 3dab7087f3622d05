package dev.bartizan.fleet.delta;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDictContentType;

/** Writes zstd frames. */
final class FrameWriter {
  /** 16 MiB: a stretch and the widest window before it. */
  private static final int WINDOW_LOG = 24;

  private final int level;

  FrameWriter(int level) {
    this.level = level;
  }

  byte[] compress(byte[] content) {
    return Zstd.compress(content, level);
  }

  /** A frame that refers to {@code window} as raw content. */
  byte[] compressWith(byte[] window, byte[] content) {
    try (ZstdCompressCtx context = new ZstdCompressCtx()) {
      context.setLevel(level).setWindowLog(WINDOW_LOG).setDictID(false);
      context.loadDict(window, ZstdDictContentType.RAW_CONTENT);
      return context.compress(content);
    }
  }
}
