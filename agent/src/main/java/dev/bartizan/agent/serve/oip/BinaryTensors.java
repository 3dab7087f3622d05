// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.serve.oip;

import dev.bartizan.agent.serve.InferenceRefusal;
import dev.bartizan.agent.serve.InferenceRefusal.Reason;
import dev.bartizan.agent.serve.http.Body;
import dev.bartizan.agent.serve.http.HttpRefusal;
import dev.bartizan.agent.serve.http.MemoryShare;
import dev.bartizan.updater.engine.Datatype;
import dev.bartizan.updater.engine.Shape;
import dev.bartizan.updater.engine.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The binary tensor data extension: tensors behind the JSON object, one after the other, numbers
 * little-endian, texts each behind its length in four bytes.
 */
final class BinaryTensors {
  /** Says where in a body the JSON ends. */
  static final String JSON_LENGTH = "Inference-Header-Content-Length";

  static final String SIZE = "binary_data_size";

  private static final int PART = 64 << 10;

  private final Body body;
  private final Workspace memory;
  private long position;

  /**
   * @param start where the JSON ends
   */
  BinaryTensors(Body body, Workspace memory, long start) {
    this.body = body;
    this.memory = memory;
    this.position = start;
  }

  /** The next tensor, {@code size} bytes long as the request says. */
  Tensor next(Datatype datatype, Shape shape, long size) throws HttpRefusal {
    if (size < 0 || size > body.length() - position) {
      throw Json.malformed("'" + SIZE + "' goes beyond the body");
    }
    return datatype == Datatype.BYTES ? texts(shape, size) : numbers(datatype, shape, size);
  }

  /** Refuses bytes that belong to no tensor. */
  void end() throws InferenceRefusal {
    if (position != body.length()) {
      throw Json.malformed((body.length() - position) + " bytes belong to no tensor");
    }
  }

  /**
   * A tensor as it goes out. Numbers are sent from where they are, in parts of which each shows
   * that the client still fetches.
   */
  static List<ByteBuffer> pieces(Tensor tensor, MemoryShare memory) throws HttpRefusal {
    if (tensor instanceof Tensor.Texts texts) {
      Pieces out = new Pieces(memory);
      for (String text : texts.elements()) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        ByteBuffer length = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        out.put(length.putInt(utf8.length).flip());
        out.put(ByteBuffer.wrap(utf8));
      }
      return out.pieces();
    }
    ByteBuffer content = ((Tensor.Numbers) tensor).content();
    List<ByteBuffer> parts = new ArrayList<>();
    while (content.hasRemaining()) {
      int length = Math.min(PART, content.remaining());
      parts.add(content.slice(content.position(), length));
      content.position(content.position() + length);
    }
    return parts;
  }

  private Tensor numbers(Datatype datatype, Shape shape, long size) throws HttpRefusal {
    if (size != byteLength(datatype, shape)) {
      throw new InferenceRefusal(Reason.WRONG_SHAPE, size + " bytes do not fill shape " + shape);
    }
    ByteBuffer content = memory.room(size);
    take(content);
    if (datatype == Datatype.BOOL) {
      refuseOtherThanBooleans(content);
    }
    return new Tensor.Numbers(datatype, shape, content);
  }

  /** The next bytes of the body, which lets go of them. */
  private void take(ByteBuffer target) {
    int size = target.remaining();
    while (target.hasRemaining()) {
      int part = Math.min(target.remaining(), PART);
      body.copy(position, target.slice(target.position(), part));
      target.position(target.position() + part);
      position += part;
      body.release(position);
    }
    target.position(target.limit() - size);
  }

  private static long byteLength(Datatype datatype, Shape shape) {
    try {
      return datatype.byteLength(shape.elements());
    } catch (ArithmeticException beyondAnyBody) {
      return Long.MAX_VALUE;
    }
  }

  private static void refuseOtherThanBooleans(ByteBuffer bytes) throws InferenceRefusal {
    for (int i = bytes.position(); i < bytes.limit(); i++) {
      if (bytes.get(i) >>> 1 != 0) {
        throw Json.malformed("a BOOL is neither 0 nor 1");
      }
    }
  }

  private Tensor texts(Shape shape, long size) throws HttpRefusal {
    if (shape.elements() > size / Integer.BYTES) {
      throw new InferenceRefusal(Reason.WRONG_SHAPE, "too few texts to fill shape " + shape);
    }
    TextElements texts = new TextElements(shape, memory.memory());
    long end = position + size;
    for (long i = 0; position < end; i++) {
      if (i == shape.elements()) {
        throw new InferenceRefusal(Reason.WRONG_SHAPE, "more texts than fill shape " + shape);
      }
      texts.add(text(end));
    }
    return texts.tensor();
  }

  private byte[] text(long end) throws HttpRefusal {
    ByteBuffer length = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    if (end - position >= Integer.BYTES) {
      take(length);
      int bytes = length.getInt();
      if (bytes >= 0 && bytes <= end - position) {
        memory.memory().reserve(bytes);
        byte[] text = new byte[bytes];
        take(ByteBuffer.wrap(text));
        return text;
      }
    }
    throw Json.malformed("a text goes beyond its tensor");
  }
}
