package dev.bartizan.updater.onnx;

import dev.bartizan.updater.onnx.OnnxRefusal.Reason;
import dev.bartizan.updater.onnx.WireReader.WireType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Walks an ONNX model down every path on which the specification puts tensors. */
final class ModelWalk {
  /** What a message holds that leads on to tensors, by field number (onnx.proto). */
  private enum Kind {
    MODEL,
    GRAPH,
    NODE,
    ATTRIBUTE,
    FUNCTION,
    TRAINING,
    SPARSE,
    TENSOR
  }

  private static final Map<Kind, Map<Integer, Kind>> PATHS =
      Map.of(
          Kind.MODEL, Map.of(7, Kind.GRAPH, 20, Kind.TRAINING, 25, Kind.FUNCTION),
          Kind.GRAPH, Map.of(1, Kind.NODE, 5, Kind.TENSOR, 15, Kind.SPARSE),
          Kind.NODE, Map.of(5, Kind.ATTRIBUTE),
          Kind.ATTRIBUTE,
              Map.of(
                  5, Kind.TENSOR,
                  6, Kind.GRAPH,
                  10, Kind.TENSOR,
                  11, Kind.GRAPH,
                  22, Kind.SPARSE,
                  23, Kind.SPARSE),
          Kind.FUNCTION, Map.of(7, Kind.NODE, 11, Kind.ATTRIBUTE),
          Kind.TRAINING, Map.of(1, Kind.GRAPH, 2, Kind.GRAPH),
          Kind.SPARSE, Map.of(1, Kind.TENSOR, 2, Kind.TENSOR));

  private final List<LocatedTensor> found = new ArrayList<>();
  private final Map<String, String> texts = new HashMap<>();

  private ModelWalk() {}

  static List<LocatedTensor> tensors(WireReader model) throws IOException, OnnxRefusal {
    ModelWalk walk = new ModelWalk();
    walk.enter(Kind.MODEL, model);
    return walk.found;
  }

  private void enter(Kind kind, WireReader message) throws IOException, OnnxRefusal {
    if (kind == Kind.TENSOR) {
      add(message);
      return;
    }
    Map<Integer, Kind> paths = PATHS.getOrDefault(kind, Map.of());
    while (message.next()) {
      Kind inner = paths.get(message.field());
      if (inner != null && message.type() == WireType.LENGTH_DELIMITED) {
        enter(inner, message.message());
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
