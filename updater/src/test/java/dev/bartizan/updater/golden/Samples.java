// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.golden;

import dev.bartizan.updater.engine.Datatype;
import dev.bartizan.updater.engine.ModelRefusal;
import dev.bartizan.updater.engine.RuntimeRefusal;
import dev.bartizan.updater.engine.Session;
import dev.bartizan.updater.engine.Shape;
import dev.bartizan.updater.engine.Tensor;
import dev.bartizan.updater.engine.onnx.OnnxRuntime;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The tiny models of {@code models/make.py}, and tensors for them. */
public final class Samples {
  public static final OnnxRuntime RUNTIME = runtime();

  private Samples() {}

  public static ByteBuffer weights(String name) {
    try (InputStream in = Samples.class.getResourceAsStream("/models/" + name + ".onnx")) {
      byte[] bytes = in.readAllBytes();
      return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    } catch (IOException missing) {
      throw new AssertionError(name, missing);
    }
  }

  public static Session model(String name) throws ModelRefusal {
    return RUNTIME.load(weights(name));
  }

  /** {@code scale-k}, tried against what it must answer. */
  public static ProvenModel scale(int k) throws Exception {
    NamedTensor given = new NamedTensor("", floats(Shape.of(1, 4), 1, 2, 3, 4));
    NamedTensor expected = new NamedTensor("", floats(Shape.of(1, 4), k, 2 * k, 3 * k, 4 * k));
    GoldenSet set = new GoldenSet("test_data_set_0", List.of(given), List.of(expected));
    return new GoldenVectors(List.of(set), Tolerance.ONNX).prove(model("scale-" + k));
  }

  /** A model without golden vectors. */
  public static ProvenModel untried(String name) throws Exception {
    return new GoldenVectors(List.of(), Tolerance.ONNX).prove(model(name));
  }

  public static Tensor floats(Shape shape, float... values) {
    ByteBuffer content = buffer(values.length * Float.BYTES);
    for (float value : values) {
      content.putFloat(value);
    }
    return new Tensor.Numbers(Datatype.FP32, shape, content.flip());
  }

  public static Tensor longs(Shape shape, long... values) {
    ByteBuffer content = buffer(values.length * Long.BYTES);
    for (long value : values) {
      content.putLong(value);
    }
    return new Tensor.Numbers(Datatype.INT64, shape, content.flip());
  }

  /** The numbers of the output of that name. */
  public static float[] floats(Map<String, Tensor> outputs, String name) {
    Tensor tensor = Objects.requireNonNull(outputs.get(name));
    float[] values = new float[(int) tensor.shape().elements()];
    ((Tensor.Numbers) tensor).content().asFloatBuffer().get(values);
    return values;
  }

  private static ByteBuffer buffer(int bytes) {
    return ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static OnnxRuntime runtime() {
    try {
      return OnnxRuntime.open(1);
    } catch (IOException | RuntimeRefusal unavailable) {
      throw new AssertionError(unavailable);
    }
  }
}
