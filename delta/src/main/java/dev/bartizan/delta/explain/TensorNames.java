// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.delta.explain;

import dev.bartizan.delta.encode.Layout;
import dev.bartizan.delta.tensor.LocatedTensor;
import java.util.Map;
import java.util.TreeMap;

/** What a file calls the tensor at some place. */
public final class TensorNames {
  private final TreeMap<Long, LocatedTensor> byOffset = new TreeMap<>();

  public static TensorNames none() {
    return new TensorNames();
  }

  public static TensorNames of(Layout layout) {
    TensorNames names = new TensorNames();
    layout.tensors().forEach(tensor -> names.byOffset.put(tensor.offset(), tensor));
    return names;
  }

  /** Empty where there is no tensor, or one without a name. */
  String at(long position) {
    Map.Entry<Long, LocatedTensor> found = byOffset.floorEntry(position);
    return found != null && found.getValue().end() > position
        ? found.getValue().name().replaceAll("\\p{Cntrl}", " ")
        : "";
  }
}
