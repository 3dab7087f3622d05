// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.delta.tensor;

import dev.bartizan.delta.tensor.OnnxRefusal.Reason;
import dev.bartizan.delta.tensor.WireReader.WireType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Walks an ONNX model down every path on which the specification puts tensors. */
final class ModelWalk {
  private final List<LocatedTensor> found = new ArrayList<>();
  private final Map<String, String> texts = new HashMap<>();

  private ModelWalk() {}

  static List<LocatedTensor> tensors(WireReader model) throws IOException, OnnxRefusal {
    ModelWalk walk = new ModelWalk();
    walk.enter(OnnxMessage.MODEL, model);
    return walk.found;
  }

  private void enter(OnnxMessage kind, WireReader message) throws IOException, OnnxRefusal {
    if (kind == OnnxMessage.TENSOR) {
      add(message);
      return;
    }
    while (message.next()) {
      Optional<OnnxMessage> inner = kind.inner(message.field());
      if (inner.isPresent() && message.type() == WireType.LENGTH_DELIMITED) {
        enter(inner.get(), message.message());
      }
    }
  }

  private void add(WireReader message) throws IOException, OnnxRefusal {
    if (found.size() == TensorMap.MAX_TENSORS) {
      throw new OnnxRefusal(Reason.TOO_LARGE, "more than " + TensorMap.MAX_TENSORS + " tensors");
    }
    TensorSketch.read(message)
        .locate()
        .ifPresent(
            tensor -> found.add(shareTexts(tensor))); // models name one data file a thousand times
  }

  private LocatedTensor shareTexts(LocatedTensor tensor) {
    String file = texts.computeIfAbsent(tensor.file(), text -> text);
    return new LocatedTensor(
        tensor.name(), tensor.type(), tensor.shape(), file, tensor.offset(), tensor.length());
  }
}
