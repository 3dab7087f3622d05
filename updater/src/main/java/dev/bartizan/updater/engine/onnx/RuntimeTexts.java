// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.engine.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxTensorLike;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import com.sun.jna.Function;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.PointerByReference;
import dev.bartizan.updater.engine.Allowance;
import dev.bartizan.updater.engine.RunRefusal;
import dev.bartizan.updater.engine.RunRefusal.Reason;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Texts to the runtime and back, byte by byte.
 *
 * <p>The runtime's Java side hands texts over as JNI's modified UTF-8: a character beyond the basic
 * plane arrives as six bytes that mean nothing, a NUL as two, and what comes back ends at a NUL. So
 * its C interface is called here, whose table of functions only ever grows at its end. See
 * docs/decisions.
 */
final class RuntimeTexts {
  /** Places in the table ({@code OrtApi}). */
  private static final int GET_ERROR_MESSAGE = 2;

  private static final int GET_STRING_TENSOR_DATA_LENGTH = 53;
  private static final int GET_STRING_TENSOR_CONTENT = 54;
  private static final int RELEASE_STATUS = 93;
  private static final int GET_RESIZED_STRING_TENSOR_ELEMENT_BUFFER = 252;

  private final VarHandle tensorHandle;
  private final Pointer table;

  private RuntimeTexts(VarHandle tensorHandle, Pointer table) {
    this.tensorHandle = tensorHandle;
    this.table = table;
  }

  /**
   * Finds the way to the loaded runtime.
   *
   * @throws IOException when this runtime's Java side keeps its handles elsewhere
   */
  static RuntimeTexts open() throws IOException {
    try {
      MethodHandles.Lookup tensors =
          MethodHandles.privateLookupIn(OnnxTensorLike.class, MethodHandles.lookup());
      Class<?> runtime = tensors.findClass("ai.onnxruntime.OnnxRuntime");
      VarHandle api = tensors.findStaticVarHandle(runtime, "ortApiHandle", long.class);
      return new RuntimeTexts(
          tensors.findVarHandle(OnnxTensorLike.class, "nativeHandle", long.class),
          new Pointer((long) api.get()));
    } catch (ReflectiveOperationException another) {
      throw new IOException("this ONNX Runtime gives no way to pass texts as bytes", another);
    }
  }

  /** A tensor of these texts. */
  OnnxTensor tensor(OrtEnvironment environment, String name, List<String> texts, long[] shape)
      throws OrtException, RunRefusal {
    String[] plain = new String[texts.size()];
    List<Integer> others = new ArrayList<>();
    for (int i = 0; i < plain.length; i++) {
      boolean isPlain = isPlain(texts.get(i));
      plain[i] = isPlain ? texts.get(i) : "";
      if (!isPlain) {
        others.add(i);
      }
    }
    OnnxTensor tensor = OnnxTensor.createTensor(environment, plain, shape);
    try {
      for (int index : others) {
        put(tensor, index, utf8(name, texts.get(index)));
      }
      return tensor;
    } catch (OrtException | RunRefusal failed) {
      tensor.close();
      throw failed;
    }
  }

  /** The texts of a tensor that the runtime made. */
  List<String> texts(OnnxTensor tensor, String name, Allowance allowance)
      throws OrtException, RunRefusal {
    int count = Math.toIntExact(tensor.getInfo().getNumElements());
    if (count == 0) {
      return List.of();
    }
    Pointer handle = handle(tensor);
    Memory length = new Memory(Long.BYTES);
    call(GET_STRING_TENSOR_DATA_LENGTH, handle, length);
    long bytes = length.getLong(0);
    allowance.reserve(Math.addExact(Math.multiplyExact(bytes, 4L), count * 96L));
    try (Memory content = new Memory(Math.max(1, bytes));
        Memory offsets = new Memory((long) count * Long.BYTES)) {
      call(GET_STRING_TENSOR_CONTENT, handle, content, new Size(bytes), offsets, new Size(count));
      List<String> texts = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        long start = offsets.getLong((long) i * Long.BYTES);
        long end = i + 1 < count ? offsets.getLong((i + 1L) * Long.BYTES) : bytes;
        texts.add(text(content.getByteArray(start, Math.toIntExact(end - start)), name));
      }
      return texts;
    }
  }

  /** Where both encodings are the same. */
  private static boolean isPlain(String text) {
    return text.chars().noneMatch(it -> it == 0 || Character.isSurrogate((char) it));
  }

  private static byte[] utf8(String name, String text) throws RunRefusal {
    try {
      ByteBuffer bytes = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
      byte[] utf8 = new byte[bytes.remaining()];
      bytes.get(utf8);
      return utf8;
    } catch (CharacterCodingException halfAPair) {
      throw new RunRefusal(
          Reason.MALFORMED, "input '" + name + "' has a text that UTF-8 cannot say", halfAPair);
    }
  }

  private static String text(byte[] utf8, String name) throws RunRefusal {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
    } catch (CharacterCodingException notText) {
      throw new RunRefusal(
          Reason.MODEL_FAILED, "output '" + name + "' has a text that is not UTF-8", notText);
    }
  }

  private void put(OnnxTensor tensor, int index, byte[] text) throws OrtException {
    PointerByReference room = new PointerByReference();
    call(
        GET_RESIZED_STRING_TENSOR_ELEMENT_BUFFER,
        handle(tensor),
        new Size(index),
        new Size(text.length),
        room);
    room.getValue().write(0, text, 0, text.length);
  }

  private Pointer handle(OnnxTensor tensor) {
    return new Pointer((long) tensorHandle.get((OnnxTensorLike) tensor));
  }

  private void call(int place, Object... arguments) throws OrtException {
    Pointer status = function(place).invokePointer(arguments);
    if (status != null) {
      Pointer message = function(GET_ERROR_MESSAGE).invokePointer(new Object[] {status});
      String said = message == null ? "" : message.getString(0, "UTF-8");
      function(RELEASE_STATUS).invokeVoid(new Object[] {status});
      throw new OrtException(said);
    }
  }

  private Function function(int place) {
    return Function.getFunction(table.getPointer((long) place * Native.POINTER_SIZE));
  }

  /** {@code size_t}. */
  public static final class Size extends com.sun.jna.IntegerType {
    private static final long serialVersionUID = 1L;

    public Size() {
      this(0);
    }

    Size(long value) {
      super(Native.SIZE_T_SIZE, value, true);
    }
  }
}
