// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.delta.code;

import dev.bartizan.delta.format.DeltaRefusal;
import dev.bartizan.delta.format.NumberFormat;
import dev.bartizan.delta.format.TensorPiece;
import java.util.Arrays;

/**
 * The code of a block of numbers, for both directions (see {@link Symbols}): row by row, predict
 * every element from its counterpart in the base, then say what is left, with {@link ElementCode}.
 *
 * <p>Predictions are computed in double precision, in the one order written here.
 */
public final class TensorCode {
  private static final int ZERO_REFERENCE = SymbolContexts.WHOLE + 3;

  private final Symbols port;
  private final TensorPiece piece;
  private final NumberFormat format;
  private final Side side;
  private final double[] values;
  private final NumberRows rows;
  private final NumberRows baseRows;

  /**
   * @param given the side information to write; what it holds does not matter to a reader
   */
  public TensorCode(Symbols port, TensorPiece piece, Side given) {
    this.port = port;
    this.piece = piece;
    this.format = piece.format();
    this.side = given;
    this.rows = new NumberRows(format);
    this.baseRows = new NumberRows(piece.base().format());
    this.values = new double[piece.isComputed() ? piece.columns() : 0];
  }

  /**
   * Codes the block.
   *
   * @param base the block's counterpart, row after row, dense
   * @param baseAt where in {@code base} it starts
   * @param result the block, to be read or to be filled
   * @param at where in {@code result} it starts
   */
  public void code(byte[] base, int baseAt, byte[] result, int at) throws DeltaRefusal {
    if (piece.has(TensorPiece.BYTES)) {
      new ByteCode(port, piece).code(base, baseAt, result, at, (int) piece.resultLength());
      return;
    }
    side.code(port, piece);
    ElementCode code = new ElementCode(port, piece, zeroReference());
    int baseRow = piece.base().columns() * piece.base().format().width();
    int resultRow = piece.columns() * format.width();
    for (int row = 0; row < piece.rows(); row += code.rowsMax()) {
      int rows = Math.min(code.rowsMax(), piece.rows() - row);
      int[] sizes = side.nextRowSizes(port, piece, row, rows);
      for (int i = 0; i < rows; i++) {
        predict(row + i, base, baseAt + (row + i) * baseRow, code);
        add(sizes[i], code, result, at + (row + i) * resultRow);
      }
      code.code(side.columnSizes);
      store(sizes, code, result, at + row * resultRow);
    }
  }

  /** Takes a predicted row into the run, or is done with it if it is as predicted. */
  private void add(int size, ElementCode code, byte[] result, int at) {
    if (size != Side.AS_PREDICTED) {
      if (!port.isReading()) {
        rows.load(result, at, code.run.elements, code.next(), piece.columns());
      }
      code.add(size);
    } else if (port.isReading()) {
      rows.store(code.run.predictions, code.next(), piece.columns(), result, at);
    }
  }

  /** For a reader: stores the rows that are not as predicted, from the run's first on. */
  private void store(int[] sizes, ElementCode code, byte[] result, int at) {
    int columns = piece.columns();
    int from = 0;
    for (int i = 0; i < sizes.length && port.isReading(); i++) {
      if (sizes[i] != Side.AS_PREDICTED) {
        rows.store(code.run.elements, from, columns, result, at + i * columns * format.width());
        from += columns;
      }
    }
  }

  private int zeroReference() throws DeltaRefusal {
    if (piece.has(TensorPiece.ZEROS)) {
      side.zeroReference = port.integer(ZERO_REFERENCE, side.zeroReference);
    }
    return side.zeroReference;
  }

  private void predict(int row, byte[] base, int baseAt, ElementCode code) throws DeltaRefusal {
    int covered = piece.base().columns();
    int next = code.next();
    int end = next + piece.columns();
    if (!format.isFloat()) {
      Arrays.fill(code.run.fractions, next, end, (byte) (SymbolContexts.FRACTIONS - 1));
    }
    if (!piece.isComputed()) {
      baseRows.load(base, baseAt, code.run.predictions, next, covered);
    } else {
      double factor = side.rowFactor(port, piece, row);
      baseRows.values(base, baseAt, values, covered);
      compute(row, factor, covered);
      rows.nearest(values, code.run.predictions, next, covered);
      for (int i = 0; i < covered && !format.isFloat(); i++) {
        code.run.fractions[next + i] = fraction(values[i]);
      }
    }
    long alone = format.isFloat() ? 0 : format.nearest(side.offset);
    Arrays.fill(code.run.predictions, next + covered, end, alone);
  }

  /** The one order: counterpart times factors, plus the change of low rank, plus the offset. */
  private void compute(int row, double factor, int covered) {
    if (piece.has(TensorPiece.COLUMN_FACTORS)) {
      for (int i = 0; i < covered; i++) {
        values[i] *= factor * side.columnFactors[i];
      }
    } else if (factor != 1) {
      for (int i = 0; i < covered; i++) {
        values[i] *= factor;
      }
    }
    if (piece.rank() > 0) {
      double[] sums = side.products(row);
      for (int i = 0; i < covered; i++) {
        values[i] += sums[i];
      }
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
}
