package dev.bartizan.updater.delta;

/**
 * The coded streams of a section, seen from the code that says what is in them.
 *
 * <p>The same code runs on both sides. Where one encodes, a method takes the value and hands it
 * back; where one decodes, it hands back what was encoded and the argument means nothing. So there
 * is one description of the format, and the sides cannot disagree about it.
 */
public abstract class Symbols {
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

  /** As many calls of {@link #bits(int, long)}, with the numbers of bits given. */
  protected void bits(int[] bits, long[] values, int count) throws DeltaRefusal {
    for (int i = 0; i < count; i++) {
      values[i] = bits(bits[i], values[i]);
    }
  }

  /** A whole number of some 32 bits, small where the context says so. */
  final int integer(int context, int value) throws DeltaRefusal {
    int length = Integer.SIZE - Integer.numberOfLeadingZeros(Math.abs(value));
    int symbol = symbol(context, value == 0 ? 0 : 2 * length - (value > 0 ? 1 : 0));
    if (symbol == 0) {
      return 0;
    }
    int below = (symbol + 1) / 2 - 1;
    int rest = (int) bits(below, Math.abs(value) & ((1 << below) - 1));
    int magnitude = (1 << below) | rest;
    return symbol % 2 == 1 ? magnitude : -magnitude;
  }

  /** A factor, of which 28 bits of the mantissa travel. */
  final double factor(double value) throws DeltaRefusal {
    return Double.longBitsToDouble(bits(40, Double.doubleToRawLongBits(value) >>> 24) << 24);
  }
}
