package dev.bartizan.updater.delta;

import java.util.Arrays;

/**
 * Floats as residuals or by exponent.
 *
 * <p>A residual is the distance from the prediction in the order of numbers, away from zero
 * counting as positive. Where a change as large as the number itself is expected, or there is no
 * counterpart, nothing is gained by a distance, and a float is coded by its exponent.
 */
final class FloatSymbols implements NumberSymbols {
  private final ResidualSymbol residuals;
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
    this.residuals = ResidualSymbol.of(format);
    this.exponents = new ExponentSymbol(format);
    this.columns = columns;
    this.covered = covered;
    this.mantissa = format.mantissa();
    this.place = 2 * (format.bias() + mantissa) - SymbolContexts.SIZE_MIN;
    int first = isWide ? SymbolContexts.WIDE_NUMBERS : SymbolContexts.FLOATS;
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
              : residuals.of(distance(element, prediction));
    }
  }

  private static int turned(long element, long prediction) {
    return (int) ((element ^ prediction) >>> 63);
  }

  private static long distance(long element, long prediction) {
    long sign = prediction >> 63;
    return ((element - prediction) ^ sign) - sign;
  }

  @Override
  public void write(Symbols port, Run run, int count) throws DeltaRefusal {
    for (int i = 0; i < count; i++) {
      int symbol = run.symbols[i];
      long element = run.elements[i];
      if (isByExponent(run.contexts[i])) {
        int wanted = exponents.restBits(symbol);
        port.bits(wanted, magnitude(element) & ((1L << wanted) - 1));
      } else {
        long distance = distance(element, run.predictions[i]);
        port.bits(residuals.restBits(symbol), residuals.rest(symbol, distance));
      }
    }
  }

  @Override
  public void read(SymbolReader reader, Run run, int count) throws DeltaRefusal {
    for (int i = 0; i < count; i++) {
      int symbol = run.symbols[i];
      long prediction = run.predictions[i];
      // Signs are as good as random: branches on them would mostly be guessed wrong.
      long sign = prediction >> 63;
      if (isByExponent(run.contexts[i])) {
        long rest = reader.bits(exponents.restBits(symbol));
        long negative = sign ^ -ExponentSymbol.turned(symbol);
        run.elements[i] = exponents.magnitude(symbol, run.sizes[i], rest) ^ negative;
      } else {
        long distance = residuals.distance(symbol, reader.bits(residuals.restBits(symbol)));
        run.elements[i] = prediction + ((distance ^ sign) - sign);
      }
    }
  }
}
