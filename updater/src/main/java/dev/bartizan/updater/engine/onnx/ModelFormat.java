// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.engine.onnx;

import dev.bartizan.delta.tensor.OnnxRefusal;
import dev.bartizan.delta.tensor.SelfContained;
import dev.bartizan.updater.engine.ModelRefusal;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** What is looked at before the runtime sees a model. */
final class ModelFormat {
  private static final int START = 64;
  private static final String LFS = "version https://git-lfs.github.com/spec/";

  private ModelFormat() {}

  /**
   * Insists that {@code model} is ONNX and all of it here.
   *
   * @param model read from position to limit, both left as they are
   */
  static void require(ByteBuffer model) throws ModelRefusal {
    byte[] start = new byte[Math.min(START, model.remaining())];
    model.duplicate().get(start);
    String text = new String(start, StandardCharsets.ISO_8859_1).stripLeading();
    if (text.startsWith(LFS)) {
      throw new ModelRefusal(
          "it is a Git LFS pointer and not the file it points to: `git lfs pull` fetches that");
    }
    if (text.startsWith("<")) {
      throw new ModelRefusal("it is a page of HTML or XML and not a model");
    }
    if (SelfContained.isOrtFormat(start)) {
      throw new ModelRefusal("it is in ONNX Runtime's own format; ONNX is what is served");
    }
    try {
      SelfContained.require(new BufferStream(model.duplicate()), model.remaining());
    } catch (OnnxRefusal refusal) {
      throw new ModelRefusal(
          refusal.reason() == OnnxRefusal.Reason.EXTERNAL
              ? String.valueOf(refusal.getMessage())
              : "it is not ONNX: " + refusal.getMessage(),
          refusal);
    } catch (IOException impossible) {
      throw new IllegalStateException("memory can be read", impossible);
    }
  }

  /** A buffer as a stream; skipping costs nothing, however much. */
  private static final class BufferStream extends InputStream {
    private final ByteBuffer content;

    BufferStream(ByteBuffer content) {
      this.content = content;
    }

    @Override
    public int read() {
      return content.hasRemaining() ? content.get() & 0xff : -1;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
      if (length == 0) {
        return 0;
      }
      if (!content.hasRemaining()) {
        return -1;
      }
      int count = Math.min(length, content.remaining());
      content.get(target, offset, count);
      return count;
    }

    @Override
    public long skip(long count) {
      int skipped = (int) Math.max(0, Math.min(count, content.remaining()));
      content.position(content.position() + skipped);
      return skipped;
    }

    @Override
    public int available() {
      return content.remaining();
    }
  }
}
