// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.delta.code;

import dev.bartizan.delta.format.DeltaRefusal;
import dev.bartizan.delta.format.NumberFormat;
import java.util.Arrays;

/**
 * Floats by their distance from the prediction in the order of numbers, or by exponent: where a
 * change as large as the number itself is expected, or there is no counterpart, nothing is gained
 * by a distance.
 *
 * <p>Which way it goes, away from zero or towards it, is a plain bit. Weights that were trained go
 * both ways alike, and fewer symbols are faster to decode and to learn.
 */
final class FloatSymbols implements NumberSymbols {
  private final MagnitudeSymbol distances;

  /** How many bits go with a distance: those that its symbol leaves open, and the way. */
  private final byte[] plainBits;

  private final ExponentSymbol exponents;
  private final int columns;
  private final int covered;

  /** Half octaves of the last place of a number whose exponent is 0, above the least size. */
  private final int place;

  private final int mantissa;

  /** Contexts by the size of a change in units of the prediction's last place, from the least. */
  private final int[] contexts;

  /**
   * @param covered how many of the columns have a counterpart
   */
  FloatSymbols(NumberFormat format, int columns, int covered) {
    boolean isWide = format.size() == Long.SIZE;
    this.distances = MagnitudeSymbol.of(format);
    this.plainBits = new byte[distances.count()];
    for (int symbol = 1; symbol < plainBits.length; symbol++) {
      plainBits[symbol] = (byte) (distances.restBits(symbol) + 1);
    }
    this.exponents = new ExponentSymbol(format);
    this.columns = columns;
    this.covered = covered;
    this.mantissa = format.mantissa();
    this.place = 2 * (format.bias() + mantissa) - SymbolContexts.SIZE_MIN;
    int first = isWide ? SymbolContexts.WIDE_FLOATS : SymbolContexts.FLOATS;
    int asLarge = 2 * (mantissa - 1) - SymbolContexts.SIZE_MIN;
    this.contexts = new int[asLarge + SymbolContexts.EXPONENTS_BY_SIZE];
    Arrays.setAll(contexts, i -> i < asLarge ? first + i : SymbolContexts.EXPONENTS + i - asLarge);
  }

  /** Whether elements in a context are coded by exponent: no residual's context is as high. */
  static boolean isByExponent(int context) {
    return context >= SymbolContexts.EXPONENTS;
  }

  static long magnitude(long ordered) {
    return ordered ^ (ordered >> 63);
  }

  @Override
  public void expect(Run run, int at, int rowSize, int[] columnSizes) {
    int most = contexts.length - 1;
    for (int i = 0; i < covered; i++) {
      int size = rowSize + columnSizes[i];
      int exponent = Math.max(1, (int) (magnitude(run.predictions[at + i]) >>> mantissa));
      run.sizes[at + i] = size;
      run.contexts[at + i] = contexts[Math.max(0, Math.min(most, size + place - 2 * exponent))];
    }
    for (int i = covered; i < columns; i++) {
      int size = rowSize + columnSizes[i];
      run.sizes[at + i] = size;
      run.contexts[at + i] =
          SymbolContexts.EXPONENTS + SymbolContexts.EXPONENTS_BY_SIZE + (size & 1);
    }
  }

  @Override
  public void choose(Run run, int count) {
    for (int i = 0; i < count; i++) {
      long element = run.elements[i];
      long prediction = run.predictions[i];
      run.symbols[i] =
          isByExponent(run.contexts[i])
              ? exponents.of(magnitude(element), run.sizes[i], turned(element, prediction))
              : distances.of(Math.abs(distance(element, prediction)));
    }
  }

  /** Away from zero counts as positive. */
  private static long distance(long element, long prediction) {
    long sign = prediction >> 63;
    return ((element - prediction) ^ sign) - sign;
  }

  private static int turned(long element, long prediction) {
    return (int) ((element ^ prediction) >>> 63);
  }

  @Override
  public void write(Symbols port, Run run, int from, int to) throws DeltaRefusal {
    for (int i = from; i < to; i++) {
      int symbol = run.symbols[i];
      long element = run.elements[i];
      if (isByExponent(run.contexts[i])) {
        int wanted = exponents.restBits(symbol);
        port.bits(wanted, magnitude(element) & ((1L << wanted) - 1));
      } else {
        port.bits(plainBits[symbol], plain(symbol, distance(element, run.predictions[i])));
      }
    }
  }

  /** The plain bits of a distance; a zero that was said before leaves none. */
  private long plain(int symbol, long distance) {
    return symbol == 0 ? 0 : distances.rest(symbol, Math.abs(distance)) << 1 | distance >>> 63;
  }

  @Override
  public void read(SymbolReader reader, Run run, int from, int to) throws DeltaRefusal {
    for (int i = from; i < to; i++) {
      int symbol = run.symbols[i];
      long prediction = run.predictions[i];
      // Signs are as good as random: branches on them would mostly be guessed wrong.
      long sign = prediction >> 63;
      if (isByExponent(run.contexts[i])) {
        long rest = reader.bits(exponents.restBits(symbol));
        long negative = sign ^ -ExponentSymbol.turned(symbol);
        run.elements[i] = exponents.magnitude(symbol, run.sizes[i], rest) ^ negative;
      } else {
        long plain = reader.bits(plainBits[symbol]);
        long negative = sign ^ -(plain & 1);
        long magnitude = distances.least(symbol) + (plain >>> 1);
        run.elements[i] = prediction + ((magnitude ^ negative) - negative);
      }
    }
  }
}
