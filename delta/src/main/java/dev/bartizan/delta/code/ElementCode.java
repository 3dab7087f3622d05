// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.delta.code;

import dev.bartizan.delta.format.DeltaRefusal;
import dev.bartizan.delta.format.NumberFormat;
import dev.bartizan.delta.format.TensorPiece;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The code of a run of numbers, whole rows of a block, given what is predicted for each.
 *
 * <p>An element is coded in the context of how large a change is expected <i>in units of the
 * prediction's last place</i>: sizes of rows and columns travel in half octaves, the last place
 * follows from the prediction. Integers whose changes go in runs are coded by how the residuals
 * before them went: quantised rows drift one way.
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
  private final NumberSymbols numbers;
  private final @Nullable ZeroCode zeros;
  private final @Nullable QuietCode quiet;
  private final int columns;
  private final boolean trending;

  /** For the caller to fill with predictions and, where it writes, elements. */
  final Run run;

  private final int[] rowSizes;
  private int rows;

  ElementCode(Symbols port, TensorPiece piece, int zeroReference) {
    NumberFormat format = piece.format();
    this.port = port;
    this.columns = piece.columns();
    this.numbers =
        format.isFloat()
            ? new FloatSymbols(format, columns, piece.base().columns())
            : new IntegerSymbols(format, columns);
    this.trending = piece.has(TensorPiece.TREND);
    this.rowSizes = new int[Math.max(1, Math.min(piece.rows(), RUN / columns))];
    int most = rowSizes.length * columns;
    this.zeros =
        piece.has(TensorPiece.ZEROS) ? new ZeroCode(port, format, zeroReference, most) : null;
    this.quiet = piece.has(TensorPiece.QUIET) ? new QuietCode(port, most) : null;
    this.run = new Run(format.isFloat(), most);
  }

  /** Where the next row's elements are to stand. */
  int next() {
    return rows * columns;
  }

  /** Takes in the row whose predictions, and elements to be written, stand at {@link #next}. */
  void add(int rowSize) {
    rowSizes[rows++] = rowSize;
  }

  /** How many rows a run can have. */
  int rowsMax() {
    return rowSizes.length;
  }

  /** Codes the rows taken in; the next run starts from none. */
  void code(int[] columnSizes) throws DeltaRefusal {
    int count = next();
    for (int row = 0; row < rows && !trending; row++) {
      numbers.expect(run, row * columns, rowSizes[row], columnSizes);
    }
    if (port instanceof SymbolReader reader) {
      read(reader, count);
    } else {
      write(count);
    }
    rows = 0;
  }

  private void read(SymbolReader reader, int count) throws DeltaRefusal {
    codeSymbols(count);
    for (int from = 0, to; from < count; from = to) {
      to = stretchEnd(from, count);
      if (isQuiet(from)) {
        System.arraycopy(run.predictions, from, run.elements, from, to - from);
      } else {
        numbers.read(reader, run, from, to);
      }
    }
    if (zeros != null) {
      zeros.restore(run, count);
    }
  }

  private void write(int count) throws DeltaRefusal {
    numbers.choose(run, count);
    if (quiet != null) {
      quiet.look(run, count);
    }
    codeSymbols(count);
    for (int from = 0, to; from < count; from = to) {
      to = stretchEnd(from, count);
      if (!isQuiet(from)) {
        numbers.write(port, run, from, to);
      }
    }
  }

  private boolean isQuiet(int at) {
    return quiet != null && quiet.isQuiet(at);
  }

  private int stretchEnd(int from, int count) {
    return quiet == null ? count : quiet.stretchEnd(from, count);
  }

  private void codeSymbols(int count) throws DeltaRefusal {
    if (trending) {
      trendingSymbols(count);
    } else if (zeros != null) {
      zeros.code(run, count);
    } else if (quiet != null) {
      quiet.symbols(0, run.contexts, run.symbols, count);
    } else {
      port.symbols(run.contexts, run.symbols, 0, count);
    }
  }

  /** A few at a time, so that what goes before is known when contexts are asked for. */
  private void trendingSymbols(int count) throws DeltaRefusal {
    int[] steps = new int[TREND_STEPS];
    int all = 0;
    int last = 0;
    for (int from = 0, number = 0; from < count; from += TREND_STEP, number++) {
      int to = Math.min(count, from + TREND_STEP);
      Arrays.fill(run.contexts, from, to, SymbolContexts.trend(all, last));
      port.symbols(run.contexts, run.symbols, from, to);
      last = 0;
      for (int i = from; i < to; i++) {
        last += direction(run.symbols[i]);
      }
      all += last - steps[number & TREND_STEPS - 1];
      steps[number & TREND_STEPS - 1] = last;
    }
  }

  /** 1 for up, -1 for down, 0 for neither; symbols of residuals are odd for up. */
  private static int direction(int symbol) {
    return (2 * (symbol & 1) - 1) & -symbol >> 31;
  }
}
