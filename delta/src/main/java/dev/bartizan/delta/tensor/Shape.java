// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.delta.tensor;

import java.util.Arrays;
import java.util.List;

/**
 * The dimensions of a tensor, outermost first; none for a scalar.
 *
 * @param dimensions at most {@value #MAX_RANK}, none negative, their product within a {@code long}
 */
public record Shape(List<Long> dimensions) {
  /** What NumPy allows; no operator of ONNX needs as many. */
  public static final int MAX_RANK = 32;

  public Shape {
    dimensions = List.copyOf(dimensions);
    if (dimensions.size() > MAX_RANK) {
      throw new IllegalArgumentException("a shape has at most " + MAX_RANK + " dimensions");
    }
    count(dimensions);
  }

  public static Shape of(long... dimensions) {
    return new Shape(Arrays.stream(dimensions).boxed().toList());
  }

  public int rank() {
    return dimensions.size();
  }

  /** The number of elements: 1 for a scalar, 0 when any dimension is 0. */
  public long elements() {
    return count(dimensions);
  }

  @Override
  public String toString() {
    return dimensions.toString();
  }

  private static long count(List<Long> dimensions) {
    long elements = 1;
    for (long dimension : dimensions) {
      if (dimension < 0) {
        throw new IllegalArgumentException("a dimension is negative: " + dimension);
      }
      elements = multiply(elements, dimension);
    }
    return elements;
  }

  private static long multiply(long elements, long dimension) {
    try {
      return Math.multiplyExact(elements, dimension);
    } catch (ArithmeticException overflow) {
      throw new IllegalArgumentException("more elements than 64 bits can count", overflow);
    }
  }
}
