// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.delta.tensor;

import java.util.Map;
import java.util.Optional;

/** A message of onnx.proto from which the specification leads on to tensors, or one that is one. */
public enum OnnxMessage {
  MODEL,
  GRAPH,
  NODE,
  ATTRIBUTE,
  FUNCTION,
  TRAINING,
  SPARSE,
  TENSOR;

  private static final Map<OnnxMessage, Map<Integer, OnnxMessage>> PATHS =
      Map.of(
          MODEL, Map.of(7, GRAPH, 20, TRAINING, 25, FUNCTION),
          GRAPH, Map.of(1, NODE, 5, TENSOR, 15, SPARSE),
          NODE, Map.of(5, ATTRIBUTE),
          ATTRIBUTE, Map.of(5, TENSOR, 6, GRAPH, 10, TENSOR, 11, GRAPH, 22, SPARSE, 23, SPARSE),
          FUNCTION, Map.of(7, NODE, 11, ATTRIBUTE),
          TRAINING, Map.of(1, GRAPH, 2, GRAPH),
          SPARSE, Map.of(1, TENSOR, 2, TENSOR));

  /** What its field of that number is, when a tensor can be in there. */
  public Optional<OnnxMessage> inner(int field) {
    return Optional.ofNullable(PATHS.getOrDefault(this, Map.of()).get(field));
  }
}
