// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.delta.tensor;

import dev.bartizan.delta.tensor.OnnxRefusal.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.util.Comparator;
import java.util.List;

/**
 * Where in a model's files its tensors lie, without loading one of them.
 *
 * <p>Everything else (the graph, names, texts, numbers that are packed with a varying width) is not
 * named here: it is what lies between.
 *
 * @param tensors by file and offset; those of one file do not overlap
 */
public record TensorMap(List<LocatedTensor> tensors) {
  /** More than any model known has; each costs some 200 bytes here. */
  public static final int MAX_TENSORS = 1 << 18;

  public TensorMap {
    tensors = List.copyOf(tensors);
  }

  /**
   * The tensors of an ONNX model: initialisers of the graph and its subgraphs, of functions and
   * training graphs, and constants in attributes; inline and in external data files.
   *
   * @param model read as a stream, skipping over content; not closed
   * @param length the model's bytes
   */
  public static TensorMap ofOnnx(InputStream model, long length) throws IOException, OnnxRefusal {
    return inOrder(ModelWalk.tensors(WireReader.of(model, length)));
  }

  /**
   * The tensors of a safetensors file.
   *
   * @param file read up to its first tensor; not closed
   * @param length the file's bytes
   */
  public static TensorMap ofSafetensors(InputStream file, long length)
      throws IOException, OnnxRefusal {
    return inOrder(SafetensorsHeader.tensors(file, length));
  }

  /** Those whose elements are in the described file itself. */
  public TensorMap inline() {
    return external("");
  }

  /** Those whose elements are in the external data file {@code location}. */
  public TensorMap external(String location) {
    return new TensorMap(tensors.stream().filter(one -> one.file().equals(location)).toList());
  }

  private static TensorMap inOrder(List<LocatedTensor> found) throws OnnxRefusal {
    List<LocatedTensor> sorted =
        found.stream()
            .sorted(
                Comparator.comparing(LocatedTensor::file)
                    .thenComparingLong(LocatedTensor::offset)
                    .thenComparingLong(LocatedTensor::length))
            .toList();
    for (int i = 1; i < sorted.size(); i++) {
      requireApart(sorted.get(i - 1), sorted.get(i));
    }
    return new TensorMap(sorted);
  }

  private static void requireApart(LocatedTensor one, LocatedTensor next) throws OnnxRefusal {
    if (one.file().equals(next.file()) && next.offset() < one.end() && next.length() > 0) {
      throw new OnnxRefusal(
          Reason.INCONSISTENT,
          "tensors '" + one.name() + "' and '" + next.name() + "' lie over one another");
    }
  }
}
