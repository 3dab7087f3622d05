// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.engine.onnx;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.TensorInfo;
import ai.onnxruntime.TensorInfo.OnnxTensorType;
import dev.bartizan.delta.tensor.ElementType;
import dev.bartizan.updater.engine.Datatype;
import dev.bartizan.updater.engine.ModelRefusal;
import dev.bartizan.updater.engine.TensorSpec;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/** The runtime's words for types, in ours. */
final class RuntimeTypes {
  private static final String PREFIX = "ONNX_TENSOR_ELEMENT_DATA_TYPE_";

  /** What can be put in; the runtime's Java side has no wider unsigned types than this. */
  private static final Map<ElementType, OnnxJavaType> INPUTS =
      Map.ofEntries(
          Map.entry(ElementType.FLOAT, OnnxJavaType.FLOAT),
          Map.entry(ElementType.DOUBLE, OnnxJavaType.DOUBLE),
          Map.entry(ElementType.FLOAT16, OnnxJavaType.FLOAT16),
          Map.entry(ElementType.BFLOAT16, OnnxJavaType.BFLOAT16),
          Map.entry(ElementType.INT8, OnnxJavaType.INT8),
          Map.entry(ElementType.INT16, OnnxJavaType.INT16),
          Map.entry(ElementType.INT32, OnnxJavaType.INT32),
          Map.entry(ElementType.INT64, OnnxJavaType.INT64),
          Map.entry(ElementType.UINT8, OnnxJavaType.UINT8),
          Map.entry(ElementType.BOOL, OnnxJavaType.BOOL),
          Map.entry(ElementType.STRING, OnnxJavaType.STRING));

  private RuntimeTypes() {}

  /** How to hand in an element type, if it can be. */
  static Optional<OnnxJavaType> forInput(ElementType type) {
    return Optional.ofNullable(INPUTS.get(type));
  }

  /** Both enumerations are spelt as in onnx.proto, behind the runtime's prefix. */
  static Optional<ElementType> elementOf(OnnxTensorType type) {
    return Arrays.stream(ElementType.values())
        .filter(element -> type.name().equals(PREFIX + element))
        .findFirst();
  }

  /** A declared input or output as a tensor the protocol can carry. */
  static TensorSpec specOf(NodeInfo node) throws ModelRefusal {
    if (!(node.getInfo() instanceof TensorInfo tensor)) {
      throw new ModelRefusal("'" + node.getName() + "' is not a tensor but " + node.getInfo());
    }
    Datatype datatype =
        elementOf(tensor.onnxType)
            .flatMap(Datatype::of)
            .orElseThrow(
                () ->
                    new ModelRefusal(
                        "'" + node.getName() + "' has a type not served: " + tensor.onnxType));
    return new TensorSpec(
        node.getName(), datatype, Arrays.stream(tensor.getShape()).boxed().toList());
  }
}
