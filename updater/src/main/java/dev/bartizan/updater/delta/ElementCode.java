package dev.bartizan.updater.delta;

import java.util.Arrays;

/**
 * The code of a run of numbers, whole rows of a block, given what is predicted for each.
 *
 * <p>A residual is the distance in the order of numbers, for floats away from zero counting as
 * positive. It is coded in the context of how large a change is expected <i>in units of the
 * prediction's last place</i>: sizes of rows and columns travel in half octaves, the last place
 * follows from the prediction's exponent. A float for which a change as large as itself is
 * expected, or that has no counterpart, is coded by exponent instead. Integers whose changes go in
 * runs are coded by how the residuals before them went: quantised rows drift one way.
 *
 * <p>First come all symbols of a run, then all plain bits, each in one sweep: that is what makes it
 * fast.
 */
final class ElementCode {
  /** Elements of a run, or as many as one row has. */
  private static final int RUN = 1024;

  /** Elements in the same context, and how many such steps make a trend. */
  private static final int TREND_STEP = 4;

  private static final int TREND_STEPS = SymbolContexts.TREND_WINDOW / TREND_STEP;

  private final Symbols port;
  private final NumberFormat format;
  private final ResidualSymbol residuals;
  private final ExponentSymbol exponents;
  private final int columns;
  private final int covered;
  private final boolean trending;
  private final boolean withZeros;
  private final int zeroReference;

  /** Half octaves above which a float is coded by exponent. */
  private final int directFrom;

  private final int lengthContexts;

  /** For the caller: what is predicted, in the order of numbers. */
  final long[] predictions;

  /** For the caller, and integers only: where between two of them a prediction lay. */
  final byte[] fractions;

  /** For the caller: the elements, which a reader fills; under way, their plain bits. */
  final long[] elements;

  private final int[] rowSizes;
  private int rows;

  /** Of the elements: the context, the symbol, how many plain bits. */
  private final int[] contexts;

  private final int[] symbols;
  private final int[] restBits;

  /** Of floats: the size that is expected of those that are coded by exponent. */
  private final int[] expected;

  /** Where that is said: whether an element is not zero (0), or which zero. */
  private final int[] zeros;

  /** All ones where residuals count away from zero. */
  private final long signs;

  ElementCode(Symbols port, TensorPiece piece, int zeroReference) {
    this.port = port;
    this.format = piece.format();
    boolean isWide = format.size() == Long.SIZE;
    this.residuals = isWide ? ResidualSymbol.WIDE : ResidualSymbol.NARROW;
    this.exponents = new ExponentSymbol(format);
    this.columns = piece.columns();
    this.covered = piece.base().columns();
    this.trending = piece.has(TensorPiece.TREND);
    this.withZeros = piece.has(TensorPiece.ZEROS);
    this.zeroReference = zeroReference;
    boolean isFloat = format.isFloat();
    this.directFrom = isFloat ? 2 * (format.mantissa() - 1) : Integer.MAX_VALUE;
    this.lengthContexts = isWide ? SymbolContexts.WIDE_NUMBERS : SymbolContexts.FLOATS;
    int rowsMax = Math.max(1, Math.min(piece.rows(), RUN / columns));
    int most = rowsMax * columns;
    this.rowSizes = new int[rowsMax];
    this.predictions = new long[most];
    this.fractions = new byte[isFloat ? 0 : most];
    this.elements = new long[most];
    this.contexts = new int[most];
    this.expected = new int[isFloat ? most : 0];
    this.symbols = new int[most];
    this.restBits = new int[most];
    this.zeros = new int[withZeros ? most : 0];
    this.signs = isFloat ? -1 : 0;
  }

  /** Where the next row's elements are to stand. */
  int next() {
    return rows * columns;
  }

  /** Takes in the row whose predictions, and elements to be written, stand at {@link #next}. */
  void add(int rowSize) {
    rowSizes[rows++] = rowSize;
  }

  /** Rows taken in. */
  int rows() {
    return rows;
  }

  /** How many rows a run can have. */
  int rowsMax() {
    return rowSizes.length;
  }

  /** Codes the rows taken in; the next run starts from none. */
  void code(int[] columnSizes) throws DeltaRefusal {
    int count = next();
    for (int row = 0; row < rows && !trending; row++) {
      if (format.isFloat()) {
        expectFloats(row * columns, rowSizes[row], columnSizes);
      } else {
        expectIntegers(row * columns, rowSizes[row], columnSizes);
      }
    }
    if (!port.isReading()) {
      split(count);
    }
    if (trending) {
      trendingSymbols(count);
    } else if (withZeros) {
      symbolsBetweenZeros(count);
    } else {
      port.symbols(contexts, symbols, 0, count);
    }
    for (int i = 0; i < count; i++) {
      restBits[i] =
          isByExponent(contexts[i])
              ? exponents.restBits(symbols[i])
              : residuals.restBits(symbols[i]);
    }
    port.bits(restBits, elements, count);
    if (port.isReading()) {
      join(count);
      restoreZeros(withZeros ? count : 0);
    }
    rows = 0;
  }

  /** The context of each element, and the size it is expected to have. */
  private void expectFloats(int at, int rowSize, int[] columnSizes) {
    int mantissa = format.mantissa();
    int place = 2 * (format.bias() + mantissa);
    for (int i = 0; i < covered; i++) {
      int size = rowSize + columnSizes[i];
      long magnitude = magnitude(predictions[at + i]);
      int exponent = Math.max(1, (int) (magnitude >>> mantissa));
      int steps = size + place - 2 * exponent;
      boolean direct = steps >= directFrom;
      expected[at + i] = size;
      contexts[at + i] =
          direct
              ? SymbolContexts.EXPONENTS + Math.min(23, steps - directFrom)
              : context(steps, SymbolContexts.SIZE_MIN, SymbolContexts.SIZES, lengthContexts);
    }
    for (int i = covered; i < columns; i++) {
      int size = rowSize + columnSizes[i];
      expected[at + i] = size;
      contexts[at + i] = SymbolContexts.EXPONENTS + 24 + (size & 1);
    }
  }

  private void expectIntegers(int at, int rowSize, int[] columnSizes) {
    boolean isWide = format.size() == Long.SIZE;
    for (int i = 0; i < columns; i++) {
      int size = rowSize + columnSizes[i];
      contexts[at + i] =
          isWide
              ? context(size, SymbolContexts.SIZE_MIN, SymbolContexts.SIZES, lengthContexts)
              : context(
                  size,
                  SymbolContexts.INTEGER_SIZE_MIN,
                  SymbolContexts.INTEGER_SIZES,
                  SymbolContexts.INTEGERS + fractions[at + i] * SymbolContexts.INTEGER_SIZES);
    }
  }

  private static int context(int size, int least, int count, int first) {
    return first + Math.max(0, Math.min(count - 1, size - least));
  }

  /** Whether an element is coded by exponent: no residual's context is as high. */
  private static boolean isByExponent(int context) {
    return context >= SymbolContexts.EXPONENTS;
  }

  private static long magnitude(long ordered) {
    return ordered ^ (ordered >> 63);
  }

  /** All ones where the distance from a prediction counts the other way, away from zero. */
  private long sign(long prediction) {
    // Signs are as good as random: branches on them would mostly be guessed wrong.
    return prediction >> 63 & signs;
  }

  /** For a writer: the elements as symbols and plain bits. */
  private void split(int count) {
    for (int i = 0; i < count; i++) {
      if (withZeros) {
        zeros[i] = zeroSymbol(i);
      }
      if (withZeros && zeros[i] != 0) {
        symbols[i] = nothing(i);
        elements[i] = 0;
      } else if (isByExponent(contexts[i])) {
        long magnitude = magnitude(elements[i]);
        int turned = (int) (elements[i] >>> 63) ^ negativeExpected(i);
        symbols[i] = exponents.of(magnitude, expected[i], turned);
        elements[i] = magnitude & ((1L << exponents.restBits(symbols[i])) - 1);
      } else {
        long sign = sign(predictions[i]);
        long distance = ((elements[i] - predictions[i]) ^ sign) - sign;
        symbols[i] = residuals.of(distance);
        elements[i] = Math.abs(distance) & ((1L << residuals.restBits(symbols[i])) - 1);
      }
    }
  }

  /** For a reader: the elements again. */
  private void join(int count) {
    for (int i = 0; i < count; i++) {
      if (isByExponent(contexts[i])) {
        long negative = ExponentSymbol.turned(symbols[i]) ^ negativeExpected(i);
        elements[i] = exponents.magnitude(symbols[i], expected[i], elements[i]) ^ -negative;
      } else {
        long sign = sign(predictions[i]);
        long distance = residuals.distance(symbols[i], elements[i]);
        elements[i] = predictions[i] + ((distance ^ sign) - sign);
      }
    }
  }

  private int negativeExpected(int i) {
    return i % columns < covered ? (int) (predictions[i] >>> 63) : 0;
  }

  /** A few at a time, so that what goes before is known when contexts are asked for. */
  private void trendingSymbols(int count) throws DeltaRefusal {
    int[] steps = new int[TREND_STEPS];
    int all = 0;
    for (int from = 0; from < count; from += TREND_STEP) {
      int to = Math.min(count, from + TREND_STEP);
      int number = from / TREND_STEP;
      int last = steps[(number + TREND_STEPS - 1) % TREND_STEPS];
      Arrays.fill(contexts, from, to, SymbolContexts.trend(all, last));
      port.symbols(contexts, symbols, from, to);
      int step = 0;
      for (int i = from; i < to; i++) {
        step += symbols[i] == 0 ? 0 : 2 * (symbols[i] & 1) - 1;
      }
      all += step - steps[number % TREND_STEPS];
      steps[number % TREND_STEPS] = step;
    }
  }

  /** First which elements are zero, then what the others are. */
  private void symbolsBetweenZeros(int count) throws DeltaRefusal {
    int[] among = new int[count];
    for (int i = 0; i < count; i++) {
      among[i] = zeroContext(predictions[i]);
    }
    port.symbols(among, zeros, 0, count);
    int[] others = new int[count];
    int found = 0;
    for (int i = 0; i < count; i++) {
      among[found] = contexts[i];
      others[found] = symbols[i];
      found += zeros[i] == 0 ? 1 : 0;
    }
    port.symbols(among, others, 0, found);
    for (int i = count - 1; i >= 0; i--) {
      symbols[i] = zeros[i] == 0 ? others[--found] : nothing(i);
    }
  }

  /** The symbol that leaves nothing open. */
  private int nothing(int i) {
    return isByExponent(contexts[i]) ? ExponentSymbol.ZERO : 0;
  }

  /** Both zeros count as zero: pruning multiplies by a mask and leaves the sign. */
  private int zeroSymbol(int i) {
    long like = sign(predictions[i]);
    long unlike = ~like & signs;
    return elements[i] == like ? 1 : elements[i] == unlike ? 2 : 0;
  }

  private void restoreZeros(int count) {
    for (int i = 0; i < count; i++) {
      if (zeros[i] != 0) {
        long like = sign(predictions[i]);
        elements[i] = zeros[i] == 1 ? like : ~like & signs;
      }
    }
  }

  /** By sign and size of the prediction, in eighths of an octave below the largest. */
  private int zeroContext(long prediction) {
    int first = SymbolContexts.ZEROS + (prediction < 0 ? SymbolContexts.ZERO_CONTEXTS / 2 : 0);
    int most = SymbolContexts.ZERO_CONTEXTS / 2 - 1;
    long magnitude = magnitude(prediction);
    if (magnitude == 0) {
      return first + most;
    }
    long below =
        format.isFloat() ? zeroReference - (magnitude >>> (format.mantissa() - 3)) : magnitude;
    return first + (int) Math.max(0, Math.min(most - 1, below));
  }
}
