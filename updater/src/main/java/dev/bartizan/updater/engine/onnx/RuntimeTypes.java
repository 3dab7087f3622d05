// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.engine.onnx;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.TensorInfo;
import ai.onnxruntime.TensorInfo.OnnxTensorType;
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
  private static final Map<Datatype, OnnxJavaType> INPUTS =
      Map.ofEntries(
          Map.entry(Datatype.FP32, OnnxJavaType.FLOAT),
          Map.entry(Datatype.FP64, OnnxJavaType.DOUBLE),
          Map.entry(Datatype.FP16, OnnxJavaType.FLOAT16),
          Map.entry(Datatype.BF16, OnnxJavaType.BFLOAT16),
          Map.entry(Datatype.INT8, OnnxJavaType.INT8),
          Map.entry(Datatype.INT16, OnnxJavaType.INT16),
          Map.entry(Datatype.INT32, OnnxJavaType.INT32),
          Map.entry(Datatype.INT64, OnnxJavaType.INT64),
          Map.entry(Datatype.UINT8, OnnxJavaType.UINT8),
          Map.entry(Datatype.BOOL, OnnxJavaType.BOOL),
          Map.entry(Datatype.BYTES, OnnxJavaType.STRING));

  private RuntimeTypes() {}

  /** How to hand in a data type, if it can be. */
  static Optional<OnnxJavaType> forInput(Datatype type) {
    return Optional.ofNullable(INPUTS.get(type));
  }

  /** What of the runtime's types the protocol can carry. */
  static Optional<Datatype> datatypeOf(OnnxTensorType type) {
    String name = type.name().substring(PREFIX.length());
    return switch (name) {
      case "FLOAT" -> Optional.of(Datatype.FP32);
      case "DOUBLE" -> Optional.of(Datatype.FP64);
      case "FLOAT16" -> Optional.of(Datatype.FP16);
      case "BFLOAT16" -> Optional.of(Datatype.BF16);
      case "STRING" -> Optional.of(Datatype.BYTES);
      case "FP16", "FP32", "FP64", "BF16", "BYTES" -> Optional.empty(); // None of the runtime's.
      default -> Datatype.named(name);
    };
  }

  /** A declared input or output as a tensor the protocol can carry. */
  static TensorSpec specOf(NodeInfo node) throws ModelRefusal {
    if (!(node.getInfo() instanceof TensorInfo tensor)) {
      throw new ModelRefusal("'" + node.getName() + "' is not a tensor but " + node.getInfo());
    }
    Datatype datatype =
        datatypeOf(tensor.onnxType)
            .orElseThrow(
                () ->
                    new ModelRefusal(
                        "'" + node.getName() + "' has a type not served: " + tensor.onnxType));
    return new TensorSpec(
        node.getName(), datatype, Arrays.stream(tensor.getShape()).boxed().toList());
  }
}
