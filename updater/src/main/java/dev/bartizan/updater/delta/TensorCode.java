package dev.bartizan.updater.delta;

import java.util.Arrays;

/**
 * The code of a block of numbers, for both directions (see {@link Symbols}).
 *
 * <p>Row by row: predict every element from its counterpart in the base, then say what is left. A
 * residual is the distance in the order of numbers, away from zero counting as positive; its sign
 * and length are one symbol, coded in the context of how large a change is expected <i>in units of
 * the prediction's last place</i>: sizes of rows and columns travel in half octaves, the last place
 * follows from the prediction's exponent. The two bits after the leading one come from the detail
 * stream, the rest is plain. A float for which a change as large as itself is expected, or that has
 * no counterpart, is coded by exponent instead. Integers whose changes go in runs are coded by how
 * the residuals before them in the row went: quantised rows drift one way.
 *
 * <p>Predictions are computed in double precision, in the one order written here.
 */
public final class TensorCode {
  /** The exponent symbol of a value exactly as large as expected. */
  static final int EXPONENT_REFERENCE = 40;

  /** In the place of a symbol: the element is zero. */
  private static final int ZERO = -1;

  private static final int EXPONENT_ZERO = 62;
  private static final int EXPONENT_OTHER = 63;

  private static final int ZERO_REFERENCE = SymbolContexts.WHOLE + 3;

  private final Symbols port;
  private final boolean reading;
  private TensorPiece piece =
      new TensorPiece(NumberFormat.U8, 0, 0, TensorPiece.View.NONE, 0, 0, 0);
  private NumberFormat format = NumberFormat.U8;
  private Side side = new Side();
  private long[] predictions = new long[0];
  private long[] elements = new long[0];
  private double[] values = new double[0];
  private byte[] fractions = new byte[0];

  /** Of the row's elements: the context, the size that is expected, the symbol. */
  private int[] contexts = new int[0];

  private int[] expected = new int[0];
  private int[] symbols = new int[0];
  private double[] sums = new double[0];

  /** Half octaves above which a float is coded by exponent. */
  private int directFrom;

  private int lengthContexts;
  private long zeroReference;

  public TensorCode(Symbols port) {
    this.port = port;
    this.reading = port.isReading();
  }

  /**
   * Codes a block.
   *
   * @param given the side information to write; what it holds does not matter to a reader
   * @param base the block's counterpart, row after row, dense
   * @param baseAt where in {@code base} it starts
   * @param result the block, to be read or to be filled
   * @param at where in {@code result} it starts
   */
  public void code(TensorPiece block, Side given, byte[] base, int baseAt, byte[] result, int at)
      throws DeltaRefusal {
    begin(block, given);
    int baseRow = block.base().columns() * block.base().format().width();
    int resultRow = block.columns() * format.width();
    for (int row = 0; row < block.rows(); row++) {
      row(row, base, baseAt + row * baseRow, result, at + row * resultRow);
    }
  }

  private void begin(TensorPiece block, Side given) throws DeltaRefusal {
    piece = block;
    format = block.format();
    side = reading ? new Side() : given;
    directFrom = format.isFloat() ? 2 * (format.mantissa() - 1) : Integer.MAX_VALUE;
    lengthContexts = format.width() == 8 ? SymbolContexts.WIDE_NUMBERS : SymbolContexts.FLOATS;
    predictions = new long[block.columns()];
    elements = new long[block.columns()];
    contexts = new int[block.columns()];
    expected = new int[block.columns()];
    symbols = new int[block.columns()];
    values = new double[block.isComputed() ? block.columns() : 0];
    fractions = new byte[format.isFloat() ? 0 : block.columns()];
    sums = new double[block.rank() > 0 ? block.columns() : 0];
    side.code(port, block);
    zeroReference = block.has(TensorPiece.ZEROS) ? zeroReference() : 0;
  }

  private long zeroReference() throws DeltaRefusal {
    side.zeroReference = port.integer(ZERO_REFERENCE, side.zeroReference);
    return side.zeroReference;
  }

  private void row(int row, byte[] base, int baseAt, byte[] result, int at) throws DeltaRefusal {
    int columns = piece.columns();
    int size = side.rowSize(port, piece, row);
    predict(row, base, baseAt);
    if (size == Side.AS_PREDICTED) {
      format.store(predictions, columns, result, at);
      return;
    }
    if (!reading) {
      format.load(result, at, elements, columns);
    }
    if (format.isFloat()) {
      floats(size);
    } else {
      integers(size);
    }
    format.store(elements, columns, result, at);
  }

  private void predict(int row, byte[] base, int baseAt) throws DeltaRefusal {
    NumberFormat from = piece.base().format();
    int covered = piece.base().columns();
    if (!piece.isComputed()) {
      from.load(base, baseAt, predictions, covered);
      Arrays.fill(fractions, (byte) (SymbolContexts.FRACTIONS - 1));
    } else {
      double factor = side.rowFactor(port, piece, row);
      side.addProducts(port, piece, row, sums);
      from.values(base, baseAt, values, covered);
      compute(factor, covered);
      format.nearest(values, predictions, covered);
      for (int i = 0; i < fractions.length && i < covered; i++) {
        fractions[i] = fraction(values[i]);
      }
    }
    long alone = format.isFloat() ? 0 : format.nearest(side.offset);
    Arrays.fill(predictions, covered, piece.columns(), alone);
    if (!format.isFloat()) {
      Arrays.fill(fractions, covered, piece.columns(), (byte) (SymbolContexts.FRACTIONS - 1));
    }
  }

  /** The one order: counterpart times factors, plus the change of low rank, plus the offset. */
  private void compute(double factor, int covered) {
    if (piece.has(TensorPiece.COLUMN_FACTORS)) {
      for (int i = 0; i < covered; i++) {
        values[i] *= factor * side.columnFactors[i];
      }
    } else if (factor != 1) {
      for (int i = 0; i < covered; i++) {
        values[i] *= factor;
      }
    }
    for (int i = 0; i < covered && piece.rank() > 0; i++) {
      values[i] += sums[i];
    }
    for (int i = 0; i < covered && side.offset != 0; i++) {
      values[i] += side.offset;
    }
  }

  /** In which eighth between two integers a prediction lies. */
  private static byte fraction(double predicted) {
    double part = predicted - Math.floor(predicted);
    return (byte) Math.min(7, Math.max(0, (int) (part * 8)));
  }

  /** First how each element is to be coded, then all symbols, then what is left of each. */
  private void floats(int rowSize) throws DeltaRefusal {
    expect(rowSize);
    if (!reading) {
      chooseSymbols();
    }
    if (piece.has(TensorPiece.ZEROS)) {
      symbolsBetweenZeros();
    } else {
      port.symbols(contexts, symbols, piece.columns());
    }
    for (int i = 0; i < piece.columns(); i++) {
      if (symbols[i] != ZERO) {
        elements[i] =
            isByExponent(i)
                ? exponent(expected[i] >> 1, i < covered() && predictions[i] < 0, i)
                : residual(i);
      }
    }
  }

  /** The context of each element, and the size it is expected to have or to change by. */
  private void expect(int rowSize) {
    int covered = covered();
    int mantissa = format.mantissa();
    int place = 2 * (format.bias() + mantissa);
    int[] columnSizes = side.columnSizes;
    for (int i = 0; i < covered; i++) {
      int size = rowSize + columnSizes[i];
      long magnitude = predictions[i] ^ (predictions[i] >> 63);
      int exponent = Math.max(1, (int) (magnitude >>> mantissa));
      int steps = size + place - 2 * exponent;
      boolean direct = steps >= directFrom;
      expected[i] = direct ? size : steps;
      contexts[i] =
          direct
              ? SymbolContexts.EXPONENTS + Math.min(23, steps - directFrom)
              : context(steps, SymbolContexts.SIZE_MIN, SymbolContexts.SIZES, lengthContexts);
    }
    for (int i = covered; i < piece.columns(); i++) {
      expected[i] = rowSize + columnSizes[i];
      contexts[i] = SymbolContexts.EXPONENTS + 24 + (expected[i] & 1);
    }
  }

  private boolean isByExponent(int i) {
    return contexts[i] >= SymbolContexts.EXPONENTS;
  }

  private int covered() {
    return piece.base().columns();
  }

  private void chooseSymbols() {
    for (int i = 0; i < piece.columns(); i++) {
      long actual = elements[i];
      if (isByExponent(i)) {
        boolean negativeExpected = i < covered() && predictions[i] < 0;
        int sign = (actual < 0) == negativeExpected ? 0 : 1;
        int reference = (expected[i] >> 1) + format.bias();
        symbols[i] = 2 * exponentSymbol(actual ^ (actual >> 63), reference) + sign;
      } else {
        long away = away(predictions[i], actual);
        symbols[i] = lengthSymbol(away, Math.abs(away));
      }
    }
  }

  private void symbolsBetweenZeros() throws DeltaRefusal {
    for (int i = 0; i < piece.columns(); i++) {
      long like = predictions[i] >> 63;
      int zero = port.symbol(zeroContext(predictions[i]), zeroSymbol(elements[i], like));
      if (zero > 0) {
        elements[i] = zero == 1 ? like : ~like;
        symbols[i] = ZERO;
      } else {
        symbols[i] = port.symbol(contexts[i], symbols[i]);
      }
    }
  }

  private void integers(int rowSize) throws DeltaRefusal {
    boolean zeros = piece.has(TensorPiece.ZEROS);
    boolean trending = piece.has(TensorPiece.TREND);
    int trend = 0;
    for (int i = 0; i < piece.columns(); i++) {
      long actual = elements[i];
      long prediction = predictions[i];
      if (zeros && port.symbol(zeroContext(prediction), actual == 0 ? 1 : 0) == 1) {
        elements[i] = 0;
      } else {
        int size = rowSize + side.columnSizes[i];
        int context = trending ? trendContext(trend) : sizeContext(size, fractions[i]);
        elements[i] = prediction + length(context, size, actual - prediction);
      }
      trend += trending ? newest(i) : 0;
    }
  }

  private static int trendContext(int trend) {
    return SymbolContexts.TRENDS + SymbolContexts.TREND_WINDOW + trend;
  }

  /** By how much the trend changes when its window moves on to this residual. */
  private int newest(int i) {
    int gone = i - SymbolContexts.TREND_WINDOW;
    return Long.signum(elements[i] - predictions[i])
        - (gone < 0 ? 0 : Long.signum(elements[gone] - predictions[gone]));
  }

  private int sizeContext(int size, byte fraction) {
    return format.width() == Long.BYTES
        ? context(size, SymbolContexts.SIZE_MIN, SymbolContexts.SIZES, lengthContexts)
        : context(
            size,
            SymbolContexts.INTEGER_SIZE_MIN,
            SymbolContexts.INTEGER_SIZES,
            SymbolContexts.INTEGERS + fraction * SymbolContexts.INTEGER_SIZES);
  }

  /** Both zeros count as zero: pruning multiplies by a mask and leaves the sign. */
  private static int zeroSymbol(long actual, long like) {
    if (actual != 0 && actual != -1) {
      return 0;
    }
    return actual == like ? 1 : 2;
  }

  private static int context(int size, int least, int count, int first) {
    return first + Math.max(0, Math.min(count - 1, size - least));
  }

  /** By sign and size of the prediction, in eighths of an octave below the largest. */
  private int zeroContext(long prediction) {
    int first = SymbolContexts.ZEROS + (prediction < 0 ? SymbolContexts.ZERO_CONTEXTS / 2 : 0);
    int most = SymbolContexts.ZERO_CONTEXTS / 2 - 1;
    long magnitude = prediction >= 0 ? prediction : ~prediction;
    if (magnitude == 0) {
      return first + most;
    }
    long below =
        format.isFloat() ? zeroReference - (magnitude >>> (format.mantissa() - 3)) : magnitude;
    return first + (int) Math.max(0, Math.min(most - 1, below));
  }

  /** How far it is from the prediction, away from zero counting as positive. */
  private static long away(long prediction, long actual) {
    // Signs are as good as random: branches on them would mostly be guessed wrong.
    long sign = prediction >> 63;
    return ((actual - prediction) ^ sign) - sign;
  }

  private long residual(int i) throws DeltaRefusal {
    long prediction = predictions[i];
    long sign = prediction >> 63;
    long away = rest(symbols[i], expected[i], reading ? 0 : away(prediction, elements[i]));
    return prediction + ((away ^ sign) - sign);
  }

  /** A signed number as length, leading bits, rest. */
  private long length(int context, int expected, long value) throws DeltaRefusal {
    int symbol = port.symbol(context, reading ? 0 : lengthSymbol(value, Math.abs(value)));
    return rest(symbol, expected, value);
  }

  /** What a length leaves open. */
  private long rest(int symbol, int expected, long value) throws DeltaRefusal {
    if (symbol == 0) {
      return 0;
    }
    long magnitude = Math.abs(value);
    int length = (symbol + 1) >> 1;
    int negative = (symbol & 1) ^ 1;
    long coded = 1;
    if (length == 2) {
      int detail =
          SymbolContexts.DETAILS_ONE_BIT + 2 * Math.max(0, Math.min(15, 12 - expected)) + negative;
      coded = 2 | port.detail(detail, (int) (magnitude & 1));
    } else if (length > 2) {
      int relative =
          Math.max(0, Math.min(SymbolContexts.DETAILS_BY_SIZE - 1, 2 * length - expected + 24));
      int rest = length - 3;
      int leading = port.detail(2 * relative + negative, (int) (magnitude >>> rest) & 3);
      coded = ((long) (4 | leading) << rest) | port.bits(rest, magnitude & ((1L << rest) - 1));
    }
    return (coded ^ -negative) + negative;
  }

  private static int lengthSymbol(long value, long magnitude) {
    int length = Long.SIZE - Long.numberOfLeadingZeros(magnitude);
    return value == 0 ? 0 : 2 * length - (value > 0 ? 1 : 0);
  }

  /** A float by sign, exponent, leading bits, rest. */
  private long exponent(int size, boolean negativeExpected, int i) throws DeltaRefusal {
    int symbol = symbols[i];
    int reference = size + format.bias();
    long magnitude = elements[i] ^ (elements[i] >> 63);
    long negative = -((symbol & 1L) ^ (negativeExpected ? 1 : 0));
    return magnitude(symbol >> 1, reference, magnitude, format.mantissa()) ^ negative;
  }

  private int exponentSymbol(long magnitude, int reference) {
    if (magnitude == 0) {
      return EXPONENT_ZERO;
    }
    int exponent = (int) (magnitude >>> format.mantissa());
    int relative = exponent - reference + EXPONENT_REFERENCE;
    return exponent > 0 && relative >= 0 && relative < EXPONENT_ZERO ? relative : EXPONENT_OTHER;
  }

  private long magnitude(int symbol, int reference, long magnitude, int mantissa)
      throws DeltaRefusal {
    if (symbol == EXPONENT_ZERO) {
      return 0;
    }
    if (symbol == EXPONENT_OTHER) {
      int width = 8 * format.width() - 1;
      return port.bits(width, magnitude);
    }
    long exponent = (long) symbol - EXPONENT_REFERENCE + reference;
    int rest = mantissa - 2;
    int leading =
        port.detail(SymbolContexts.DETAILS_EXPONENT + symbol, (int) (magnitude >>> rest) & 3);
    return (exponent << mantissa)
        | ((long) leading << rest)
        | port.bits(rest, magnitude & ((1L << rest) - 1));
  }
}
