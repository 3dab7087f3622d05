// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.deltas;

import dev.bartizan.delta.tensor.ElementType;
import dev.bartizan.delta.tensor.LocatedTensor;
import dev.bartizan.delta.tensor.OnnxRefusal;
import dev.bartizan.delta.tensor.TensorMap;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Where the tensors of a file lie, if it has any, and which of another file's they continue. */
final class Layout {
  /**
   * A row of numbers in the new file.
   *
   * @param width bytes of an element
   * @param oldOffset where its predecessor lies in the old file; -1 when it has none
   */
  record Row(int offset, int length, int width, boolean floats, int oldOffset) {}

  private Layout() {}

  /** The rows of {@code next} in order; none for a file that is no model. */
  static List<Row> between(byte[] old, byte[] next) {
    Map<String, Deque<LocatedTensor>> byName = new HashMap<>();
    Map<String, Deque<LocatedTensor>> byShape = new HashMap<>();
    for (LocatedTensor tensor : tensors(old)) {
      offer(byName, tensor.name() + shape(tensor), tensor);
      offer(byShape, shape(tensor), tensor);
    }
    List<Row> rows = new ArrayList<>();
    for (LocatedTensor tensor : tensors(next)) {
      int from = take(byName, tensor.name() + shape(tensor));
      // The published coders know names only; a renamed tensor gets the next one of its shape.
      from = from >= 0 ? from : take(byShape, shape(tensor));
      rows.add(row(tensor, from));
    }
    return rows;
  }

  private static Row row(LocatedTensor tensor, int oldOffset) {
    return new Row(
        Math.toIntExact(tensor.offset()),
        Math.toIntExact(tensor.length()),
        width(tensor.type()),
        floats(tensor.type()),
        oldOffset);
  }

  private static List<LocatedTensor> tensors(byte[] file) {
    try {
      return TensorMap.ofOnnx(new ByteArrayInputStream(file), file.length).inline().tensors();
    } catch (OnnxRefusal notOnnx) {
      return ofSafetensors(file);
    } catch (IOException impossible) {
      throw new IllegalStateException("memory cannot fail to be read", impossible);
    }
  }

  private static List<LocatedTensor> ofSafetensors(byte[] file) {
    try {
      return TensorMap.ofSafetensors(new ByteArrayInputStream(file), file.length)
          .inline()
          .tensors();
    } catch (OnnxRefusal noModel) {
      return List.of();
    } catch (IOException impossible) {
      throw new IllegalStateException("memory cannot fail to be read", impossible);
    }
  }

  private static void offer(
      Map<String, Deque<LocatedTensor>> index, String key, LocatedTensor tensor) {
    index.computeIfAbsent(key, unused -> new ArrayDeque<>()).add(tensor);
  }

  private static int take(Map<String, Deque<LocatedTensor>> index, String key) {
    Deque<LocatedTensor> found = index.getOrDefault(key, new ArrayDeque<>());
    return found.isEmpty() ? -1 : Math.toIntExact(found.remove().offset());
  }

  private static String shape(LocatedTensor tensor) {
    return tensor.type() + " " + tensor.shape();
  }

  private static int width(ElementType type) {
    return (int) Math.max(1, type.byteLength(2) / 2);
  }

  private static boolean floats(ElementType type) {
    return switch (type) {
      case FLOAT, DOUBLE, FLOAT16, BFLOAT16 -> true;
      default -> false;
    };
  }
}
