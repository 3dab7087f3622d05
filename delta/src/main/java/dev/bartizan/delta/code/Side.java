// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.delta.code;

import dev.bartizan.delta.format.DeltaRefusal;
import dev.bartizan.delta.format.TensorPiece;
import java.util.Arrays;

/** What travels beside the elements of a block: sizes, factors, a change of low rank. */
public final class Side {
  private static final int ROW_SIZE = SymbolContexts.WHOLE;
  private static final int COLUMN_SIZE = ROW_SIZE + 1;
  private static final int SCALE = ROW_SIZE + 2;
  private static final int SAME_ROW = ROW_SIZE + 4;
  private static final int VECTOR_SIZE = ROW_SIZE + 5;

  /** A row's size that says: all of it is as predicted. */
  public static final int AS_PREDICTED = Integer.MIN_VALUE;

  /** In half octaves; for a writer, as long as there are rows if they are said for each. */
  public int[] rowSizes = new int[1];

  public int[] columnSizes = new int[0];
  public double[] rowFactors = new double[] {1};
  public double[] columnFactors = new double[0];
  public double factor = 1;
  public double offset;

  /** Two to this power is what one unit of a product is worth, for each of the rank. */
  public int[] scales = new int[0];

  /** For each of the rank, a number for each row. */
  public int[][] rowVectors = new int[0][];

  public int[][] columnVectors = new int[0][];

  /** For floats: the upper bits of the largest prediction. */
  public int zeroReference;

  private int lastRowSize;

  private Products products = new Products(0, 0, 0);

  void code(Symbols port, TensorPiece piece) throws DeltaRefusal {
    boolean reading = port.isReading();
    if (piece.has(TensorPiece.FACTOR)) {
      factor = port.factor(factor);
    }
    if (piece.has(TensorPiece.OFFSET)) {
      offset = port.factor(offset);
    }
    if (columnSizes.length != piece.columns()) {
      columnSizes = new int[piece.columns()];
    }
    if (piece.has(TensorPiece.COLUMN_SIZES)) {
      codeSizes(port, COLUMN_SIZE, columnSizes, piece.columns(), 0);
    }
    if (piece.has(TensorPiece.COLUMN_FACTORS)) {
      columnFactors = reading ? new double[piece.columns()] : columnFactors;
      for (int i = 0; i < piece.base().columns(); i++) {
        columnFactors[i] = port.factor(columnFactors[i]);
      }
    }
    codeVectors(port, piece, reading);
    lastRowSize = 0;
    if (!piece.has(TensorPiece.ROW_SIZES)) {
      lastRowSize = port.integer(ROW_SIZE, rowSizes[0]);
    }
  }

  private void codeVectors(Symbols port, TensorPiece piece, boolean reading) throws DeltaRefusal {
    int columns = piece.base().columns();
    scales = reading ? new int[piece.rank()] : scales;
    products = new Products(piece.rank(), piece.rows(), columns);
    for (int k = 0; k < piece.rank(); k++) {
      scales[k] = port.integer(SCALE, scales[k]);
      int[] rows = vector(port, reading ? new int[0] : rowVectors[k], piece.rows());
      int[] numbers = vector(port, reading ? new int[0] : columnVectors[k], columns);
      products.put(k, rows, numbers, Math.scalb(1.0, scales[k]));
    }
  }

  /** A vector's numbers, in the context of their size. */
  private static int[] vector(Symbols port, int[] numbers, int count) throws DeltaRefusal {
    int size = port.integer(VECTOR_SIZE, halfOctaves(numbers));
    int most = SymbolContexts.VECTOR_SIZES - 1;
    int context = SymbolContexts.VECTORS + Math.max(0, Math.min(most, size));
    int[] coded = Arrays.copyOf(numbers, count);
    port.integers(context, coded, count);
    return coded;
  }

  private static int halfOctaves(int[] vector) {
    double squares = 0;
    for (int number : vector) {
      squares += (double) number * number;
    }
    return squares < vector.length
        ? 0
        : (int) Math.rint(Math.log(squares / vector.length) / Math.log(2));
  }

  /**
   * The sizes of the next rows, or {@link #AS_PREDICTED}.
   *
   * @param from the first of them
   */
  int[] nextRowSizes(Symbols port, TensorPiece piece, int from, int count) throws DeltaRefusal {
    boolean said = piece.has(TensorPiece.ROW_SIZES) && !port.isReading();
    int[] sizes = said ? Arrays.copyOfRange(rowSizes, from, from + count) : new int[count];
    int[] same = new int[count];
    if (piece.has(TensorPiece.SAME_ROWS)) {
      Arrays.setAll(same, i -> sizes[i] == AS_PREDICTED ? 1 : 0);
      port.integers(SAME_ROW, same, count);
    }
    int[] others = new int[count];
    int otherCount = 0;
    for (int i = 0; i < count; i++) {
      others[otherCount] = sizes[i];
      otherCount += same[i] == 0 ? 1 : 0;
    }
    if (piece.has(TensorPiece.ROW_SIZES)) {
      codeSizes(port, ROW_SIZE, others, otherCount, lastRowSize);
    } else {
      Arrays.fill(others, lastRowSize);
    }
    for (int i = 0, other = 0; i < count; i++) {
      sizes[i] = same[i] == 0 ? others[other++] : AS_PREDICTED;
    }
    lastRowSize = otherCount == 0 ? lastRowSize : others[otherCount - 1];
    return sizes;
  }

  /** Sizes as differences, each from the one before it. */
  private static void codeSizes(Symbols port, int context, int[] sizes, int count, int before)
      throws DeltaRefusal {
    int[] steps = new int[count];
    for (int i = 0; i < count; i++) {
      steps[i] = sizes[i] - (i == 0 ? before : sizes[i - 1]);
    }
    port.integers(context, steps, count);
    for (int i = 0; i < count; i++) {
      sizes[i] = steps[i] + (i == 0 ? before : sizes[i - 1]);
    }
  }

  double rowFactor(Symbols port, TensorPiece piece, int row) throws DeltaRefusal {
    return piece.has(TensorPiece.ROW_FACTORS)
        ? port.factor(port.isReading() ? 0 : rowFactors[row])
        : factor;
  }

  /** What the change of low rank adds to a row; rows are to be asked for in their order. */
  double[] products(int row) {
    return products.row(row);
  }
}
