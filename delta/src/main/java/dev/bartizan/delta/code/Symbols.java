// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.delta.code;

import dev.bartizan.delta.format.DeltaRefusal;
import java.util.Arrays;

/**
 * The coded streams of a section, seen from the code that says what is in them.
 *
 * <p>The same code runs on both sides. Where one encodes, a method takes the value and hands it
 * back; where one decodes, it hands back what was encoded and the argument means nothing. So there
 * is one description of the format, and the sides cannot disagree about it.
 */
public abstract class Symbols {
  /** Whole numbers that are coded in one sweep. */
  private static final int SWEEP = 512;

  private final int[] contexts = new int[SWEEP];
  private final int[] symbols = new int[SWEEP];

  /** Whether values come out of the streams rather than go into them. */
  public abstract boolean isReading();

  /** A symbol. */
  protected abstract int symbol(int context, int symbol) throws DeltaRefusal;

  /**
   * Symbols, one after the other; faster than one by one.
   *
   * @param symbols to write, or filled
   * @param from the first, in both arrays
   * @param to after the last
   */
  protected void symbols(int[] contexts, int[] symbols, int from, int to) throws DeltaRefusal {
    for (int i = from; i < to; i++) {
      symbols[i] = symbol(contexts[i], symbols[i]);
    }
  }

  /**
   * Bits that nothing is known about.
   *
   * @param count at most 64
   */
  protected abstract long bits(int count, long value) throws DeltaRefusal;

  /** A whole number of some 32 bits, small where the context says so. */
  final int integer(int context, int value) throws DeltaRefusal {
    return value(symbol(context, ResidualSymbol.LENGTH.of(value)), value);
  }

  /** Whole numbers in one context: first all symbols, then all bits, faster than one by one. */
  final void integers(int context, int[] values, int count) throws DeltaRefusal {
    for (int from = 0; from < count; from += SWEEP) {
      integers(context, values, from, Math.min(count, from + SWEEP));
    }
  }

  private void integers(int context, int[] values, int from, int to) throws DeltaRefusal {
    ResidualSymbol lengths = ResidualSymbol.LENGTH;
    int count = to - from;
    Arrays.fill(contexts, 0, count, context);
    for (int i = 0; i < count; i++) {
      symbols[i] = lengths.of(values[from + i]);
    }
    symbols(contexts, symbols, 0, count);
    for (int i = 0; i < count; i++) {
      values[from + i] = value(symbols[i], values[from + i]);
    }
  }

  private int value(int symbol, int value) throws DeltaRefusal {
    ResidualSymbol lengths = ResidualSymbol.LENGTH;
    long rest = bits(lengths.restBits(symbol), lengths.rest(symbol, value));
    return (int) lengths.distance(symbol, rest);
  }

  /** A factor, of which 28 bits of the mantissa travel. */
  final double factor(double value) throws DeltaRefusal {
    return Double.longBitsToDouble(bits(40, Double.doubleToRawLongBits(value) >>> 24) << 24);
  }
}
