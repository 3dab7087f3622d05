// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.golden;

import static java.util.Map.entry;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.delta.tensor.ElementType;
import dev.bartizan.delta.tensor.OnnxRefusal;
import dev.bartizan.delta.tensor.TensorReader;
import dev.bartizan.updater.engine.Datatype;
import dev.bartizan.updater.engine.Shape;
import dev.bartizan.updater.engine.Tensor;
import java.util.Map;

/** Reads the tensors of ONNX's own test data as those that a session takes and gives. */
final class TensorFiles {
  private static final Map<ElementType, Datatype> TYPES =
      Map.ofEntries(
          entry(ElementType.BOOL, Datatype.BOOL),
          entry(ElementType.UINT8, Datatype.UINT8),
          entry(ElementType.UINT16, Datatype.UINT16),
          entry(ElementType.UINT32, Datatype.UINT32),
          entry(ElementType.UINT64, Datatype.UINT64),
          entry(ElementType.INT8, Datatype.INT8),
          entry(ElementType.INT16, Datatype.INT16),
          entry(ElementType.INT32, Datatype.INT32),
          entry(ElementType.INT64, Datatype.INT64),
          entry(ElementType.FLOAT16, Datatype.FP16),
          entry(ElementType.FLOAT, Datatype.FP32),
          entry(ElementType.DOUBLE, Datatype.FP64),
          entry(ElementType.BFLOAT16, Datatype.BF16),
          entry(ElementType.STRING, Datatype.BYTES));

  private TensorFiles() {}

  /**
   * One {@code TensorProto} file.
   *
   * @throws OnnxRefusal also for a type that no model is served with
   */
  static NamedTensor read(Bytes file) throws OnnxRefusal {
    var read = TensorReader.read(file);
    Shape shape = new Shape(read.tensor().shape().dimensions());
    if (read.tensor() instanceof dev.bartizan.delta.tensor.Tensor.Texts texts) {
      return new NamedTensor(read.name(), new Tensor.Texts(shape, texts.elements()));
    }
    var numbers = (dev.bartizan.delta.tensor.Tensor.Numbers) read.tensor();
    Datatype type = TYPES.get(numbers.type());
    if (type == null) {
      throw new OnnxRefusal(
          OnnxRefusal.Reason.UNSUPPORTED, "no model is served with " + numbers.type());
    }
    return new NamedTensor(read.name(), new Tensor.Numbers(type, shape, numbers.content()));
  }
}
