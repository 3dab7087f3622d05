package dev.bartizan.updater.delta;

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
  private final double[] sums;

  /**
   * @param given the side information to write; what it holds does not matter to a reader
   */
  public TensorCode(Symbols port, TensorPiece piece, Side given) {
    this.port = port;
    this.piece = piece;
    this.format = piece.format();
    this.side = given;
    this.values = new double[piece.isComputed() ? piece.columns() : 0];
    this.sums = new double[piece.rank() > 0 ? piece.columns() : 0];
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
    ElementCode run = new ElementCode(port, piece, zeroReference());
    int[] positions = new int[run.rowsMax()];
    int baseRow = piece.base().columns() * piece.base().format().width();
    int resultRow = piece.columns() * format.width();
    for (int row = 0; row < piece.rows(); row++) {
      int position = at + row * resultRow;
      int size = side.rowSize(port, piece, row);
      predict(row, base, baseAt + row * baseRow, run);
      if (size != Side.AS_PREDICTED) {
        positions[run.rows()] = position;
        if (!port.isReading()) {
          format.load(result, position, run.elements, run.next(), piece.columns());
        }
        run.add(size);
      } else if (port.isReading()) {
        format.store(run.predictions, run.next(), piece.columns(), result, position);
      }
      if (run.rows() == run.rowsMax() || row == piece.rows() - 1) {
        finish(run, positions, result);
      }
    }
  }

  private int zeroReference() throws DeltaRefusal {
    if (piece.has(TensorPiece.ZEROS)) {
      side.zeroReference = port.integer(ZERO_REFERENCE, side.zeroReference);
    }
    return side.zeroReference;
  }

  private void finish(ElementCode run, int[] positions, byte[] result) throws DeltaRefusal {
    int rows = run.rows();
    run.code(side.columnSizes);
    for (int row = 0; row < rows && port.isReading(); row++) {
      int from = row * piece.columns();
      format.store(run.elements, from, piece.columns(), result, positions[row]);
    }
  }

  private void predict(int row, byte[] base, int baseAt, ElementCode run) throws DeltaRefusal {
    NumberFormat from = piece.base().format();
    int covered = piece.base().columns();
    int next = run.next();
    int end = next + piece.columns();
    if (!format.isFloat()) {
      Arrays.fill(run.fractions, next, end, (byte) (SymbolContexts.FRACTIONS - 1));
    }
    if (!piece.isComputed()) {
      from.load(base, baseAt, run.predictions, next, covered);
    } else {
      double factor = side.rowFactor(port, piece, row);
      side.addProducts(port, piece, row, sums);
      from.values(base, baseAt, values, covered);
      compute(factor, covered);
      format.nearest(values, run.predictions, next, covered);
      for (int i = 0; i < covered && !format.isFloat(); i++) {
        run.fractions[next + i] = fraction(values[i]);
      }
    }
    long alone = format.isFloat() ? 0 : format.nearest(side.offset);
    Arrays.fill(run.predictions, next + covered, end, alone);
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
}
