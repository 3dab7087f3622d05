// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.golden;

import dev.bartizan.updater.engine.Datatype;
import dev.bartizan.updater.engine.ShortFloats;
import dev.bartizan.updater.engine.Tensor;
import java.nio.ByteBuffer;
import java.util.function.IntFunction;

/** The elements of a tensor one by one, to compare them and to show them: not for bulk work. */
final class Elements {
  private final int count;
  private final IntFunction<Object> element;

  private Elements(int count, IntFunction<Object> element) {
    this.count = count;
    this.element = element;
  }

  static Elements of(Tensor tensor) {
    int count = Math.toIntExact(tensor.shape().elements());
    if (tensor instanceof Tensor.Texts texts) {
      return new Elements(count, texts.elements()::get);
    }
    Tensor.Numbers numbers = (Tensor.Numbers) tensor;
    return new Elements(count, reader(numbers.type(), numbers.content()));
  }

  int count() {
    return count;
  }

  String text(int index) {
    return element.apply(index).toString();
  }

  /** Whether {@code found} has at {@code index} what is expected here. */
  boolean matches(int index, Elements found, Tolerance tolerance) {
    Object expected = element.apply(index);
    Object other = found.element.apply(index);
    return expected instanceof Double real
        ? tolerance.admits(real, (Double) other)
        : expected.equals(other);
  }

  /**
   * Notes how far {@code found} is from what is expected at {@code index}.
   *
   * @return false when they differ and are no numbers that can be near to each other
   */
  boolean measure(int index, Elements found, String place, Deviation.Measurement measured) {
    Object expected = element.apply(index);
    Object other = found.element.apply(index);
    if (expected instanceof Double real) {
      return measured.add(real, (Double) other, place);
    }
    return expected.equals(other);
  }

  /** Reals as {@code Double}, everything else as what compares exactly. */
  private static IntFunction<Object> reader(Datatype type, ByteBuffer content) {
    return switch (type) {
      case FP32 -> i -> (double) content.getFloat(i * Float.BYTES);
      case FP64 -> i -> content.getDouble(i * Double.BYTES);
      case FP16 -> i -> (double) ShortFloats.ofHalf(content.getShort(i * 2));
      case BF16 -> i -> (double) ShortFloats.ofBrain(content.getShort(i * 2));
      case BOOL -> i -> content.get(i) != 0;
      case INT8 -> content::get;
      case UINT8 -> i -> content.get(i) & 0xff;
      case INT16 -> i -> content.getShort(i * Short.BYTES);
      case UINT16 -> i -> content.getShort(i * Short.BYTES) & 0xffff;
      case INT32 -> i -> content.getInt(i * Integer.BYTES);
      case UINT32 -> i -> content.getInt(i * Integer.BYTES) & 0xffff_ffffL;
      case INT64 -> i -> content.getLong(i * Long.BYTES);
      case UINT64 -> i -> Long.toUnsignedString(content.getLong(i * Long.BYTES));
      case BYTES -> throw new IllegalStateException("texts are no numbers");
    };
  }
}
