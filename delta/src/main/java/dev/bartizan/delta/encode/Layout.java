// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.delta.encode;

import dev.bartizan.delta.format.KnownContent;
import dev.bartizan.delta.format.Piece.Copy;
import dev.bartizan.delta.tensor.LocatedTensor;
import dev.bartizan.delta.tensor.OnnxRefusal;
import dev.bartizan.delta.tensor.TensorMap;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The tensors of a file that are worth treating as numbers, in the order in which they lie there.
 */
public record Layout(List<LocatedTensor> tensors) {
  /** Smaller ones are cheaper as bytes among the bytes around them. */
  private static final int SMALLEST = 64;

  public Layout {
    tensors = List.copyOf(tensors);
  }

  /** What the file itself says: ONNX, safetensors, or nothing that is known here. */
  public static Layout of(KnownContent content) throws IOException {
    try {
      return of(TensorMap.ofOnnx(new ContentStream(content), content.length()).inline(), content);
    } catch (OnnxRefusal notOnnx) {
      try {
        return of(TensorMap.ofSafetensors(new ContentStream(content), content.length()), content);
      } catch (OnnxRefusal noModel) {
        return new Layout(List.of());
      }
    }
  }

  /**
   * What a model says about one of its external data files.
   *
   * @param location what the model calls the file
   */
  public static Layout external(KnownContent model, String location, KnownContent content)
      throws IOException, OnnxRefusal {
    TensorMap described = TensorMap.ofOnnx(new ContentStream(model), model.length());
    return of(described.external(location), content);
  }

  private static Layout of(TensorMap described, KnownContent content) {
    List<LocatedTensor> tensors = new ArrayList<>();
    for (LocatedTensor tensor : described.tensors()) {
      if (tensor.length() >= SMALLEST && tensor.end() <= content.length()) {
        tensors.add(tensor);
      }
    }
    return new Layout(tensors);
  }

  /** The stretches of a file of that length which are not these tensors. */
  List<Copy> between(long length) {
    List<Copy> between = new ArrayList<>();
    long at = 0;
    for (LocatedTensor tensor : tensors) {
      if (tensor.offset() > at) {
        between.add(new Copy(at, tensor.offset() - at));
      }
      at = tensor.end();
    }
    if (length > at) {
      between.add(new Copy(at, length - at));
    }
    return between;
  }
}
