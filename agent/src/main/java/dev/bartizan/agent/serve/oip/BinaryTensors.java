package dev.bartizan.agent.serve.oip;

import dev.bartizan.agent.serve.InferenceRefusal;
import dev.bartizan.agent.serve.InferenceRefusal.Reason;
import dev.bartizan.updater.engine.Datatype;
import dev.bartizan.updater.onnx.Shape;
import dev.bartizan.updater.onnx.Tensor;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
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

  private final Workspace memory;
  private int position;

  /**
   * @param start where the JSON ends
   */
  BinaryTensors(Workspace memory, int start) {
    this.memory = memory;
    this.position = start;
  }

  /** The next tensor, {@code size} bytes long as the request says. */
  Tensor next(Datatype datatype, Shape shape, long size) throws InferenceRefusal {
    if (size < 0 || size > memory.length() - position) {
      throw Json.malformed("'" + SIZE + "' goes beyond the body");
    }
    ByteBuffer bytes = ByteBuffer.wrap(memory.body(), position, (int) size);
    position += (int) size;
    return datatype == Datatype.BYTES
        ? texts(bytes.order(ByteOrder.LITTLE_ENDIAN), shape)
        : numbers(bytes, datatype, shape);
  }

  /** Refuses bytes that belong to no tensor. */
  void end() throws InferenceRefusal {
    if (position != memory.length()) {
      throw Json.malformed((memory.length() - position) + " bytes belong to no tensor");
    }
  }

  /** A tensor as it goes out. */
  static byte[] write(Tensor tensor) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    if (tensor instanceof Tensor.Texts texts) {
      texts.elements().forEach(text -> write(text, out));
    } else {
      ByteBuffer content = ((Tensor.Numbers) tensor).content();
      byte[] bytes = new byte[content.remaining()];
      content.get(bytes);
      return bytes;
    }
    return out.toByteArray();
  }

  private Tensor numbers(ByteBuffer bytes, Datatype datatype, Shape shape) throws InferenceRefusal {
    if (bytes.remaining() != byteLength(datatype, shape)) {
      throw new InferenceRefusal(
          Reason.WRONG_SHAPE, bytes.remaining() + " bytes do not fill shape " + shape);
    }
    if (datatype == Datatype.BOOL) {
      refuseOtherThanBooleans(bytes);
    }
    return new Tensor.Numbers(
        datatype.element(), shape, memory.room(bytes.remaining()).put(bytes).flip());
  }

  private static long byteLength(Datatype datatype, Shape shape) {
    try {
      return datatype.element().byteLength(shape.elements());
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

  private static Tensor texts(ByteBuffer bytes, Shape shape) throws InferenceRefusal {
    List<String> texts = new ArrayList<>();
    while (bytes.hasRemaining()) {
      texts.add(text(bytes));
    }
    if (texts.size() != shape.elements()) {
      throw new InferenceRefusal(
          Reason.WRONG_SHAPE, texts.size() + " texts do not fill shape " + shape);
    }
    return new Tensor.Texts(shape, texts);
  }

  private static String text(ByteBuffer bytes) throws InferenceRefusal {
    int length = bytes.remaining() < Integer.BYTES ? -1 : bytes.getInt();
    if (length < 0 || length > bytes.remaining()) {
      throw Json.malformed("a text goes beyond its tensor");
    }
    ByteBuffer utf8 = bytes.slice(bytes.position(), length);
    bytes.position(bytes.position() + length);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(utf8).toString();
    } catch (CharacterCodingException notText) {
      throw new InferenceRefusal(Reason.MALFORMED, "a text is not UTF-8", notText);
    }
  }

  private static void write(String text, ByteArrayOutputStream out) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    ByteBuffer length = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    out.writeBytes(length.putInt(utf8.length).array());
    out.writeBytes(utf8);
  }
}
