package dev.bartizan.updater.delta;

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

  /** The contexts of the row vectors' numbers. */
  private int[] rowContexts = new int[0];

  private double[][] columnTerms = new double[0][];

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
      int last = 0;
      for (int i = 0; i < piece.columns(); i++) {
        last += port.integer(COLUMN_SIZE, columnSizes[i] - last);
        columnSizes[i] = last;
      }
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
    columnTerms = new double[piece.rank()][columns];
    scales = reading ? new int[piece.rank()] : scales;
    rowContexts = new int[piece.rank()];
    for (int k = 0; k < piece.rank(); k++) {
      scales[k] = port.integer(SCALE, scales[k]);
      double unit = Math.scalb(1.0, scales[k]);
      rowContexts[k] = vectorContext(port, reading ? new int[0] : rowVectors[k]);
      int context = vectorContext(port, reading ? new int[0] : columnVectors[k]);
      for (int i = 0; i < columns; i++) {
        int number = port.integer(context, reading ? 0 : columnVectors[k][i]);
        columnTerms[k][i] = number * unit;
      }
    }
  }

  /** By the size of the vector's numbers, in half octaves. */
  private static int vectorContext(Symbols port, int[] vector) throws DeltaRefusal {
    int size = port.integer(VECTOR_SIZE, halfOctaves(vector));
    int most = SymbolContexts.VECTOR_SIZES - 1;
    return SymbolContexts.VECTORS + Math.max(0, Math.min(most, size));
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

  int rowSize(Symbols port, TensorPiece piece, int row) throws DeltaRefusal {
    boolean said = piece.has(TensorPiece.ROW_SIZES) && !port.isReading();
    int wanted = said ? rowSizes[row] : lastRowSize;
    if (piece.has(TensorPiece.SAME_ROWS)
        && port.integer(SAME_ROW, wanted == AS_PREDICTED ? 1 : 0) != 0) {
      return AS_PREDICTED;
    }
    if (piece.has(TensorPiece.ROW_SIZES)) {
      lastRowSize += port.integer(ROW_SIZE, wanted - lastRowSize);
    }
    return lastRowSize;
  }

  double rowFactor(Symbols port, TensorPiece piece, int row) throws DeltaRefusal {
    return piece.has(TensorPiece.ROW_FACTORS)
        ? port.factor(port.isReading() ? 0 : rowFactors[row])
        : factor;
  }

  /** What the change of low rank adds to a row: the sum in the order of the rank, from 0 on. */
  void addProducts(Symbols port, TensorPiece piece, int row, double[] sums) throws DeltaRefusal {
    Arrays.fill(sums, 0);
    double[] numbers = new double[piece.rank()];
    for (int k = 0; k < numbers.length; k++) {
      numbers[k] = port.integer(rowContexts[k], port.isReading() ? 0 : rowVectors[k][row]);
    }
    int k = 0;
    for (; k + 3 < numbers.length; k += 4) {
      addFour(numbers, k, sums);
    }
    for (; k < numbers.length; k++) {
      double[] terms = columnTerms[k];
      for (int i = 0; i < terms.length; i++) {
        sums[i] += numbers[k] * terms[i];
      }
    }
  }

  /** Four at a time need a fourth of the memory traffic. */
  private void addFour(double[] numbers, int k, double[] sums) {
    double a = numbers[k];
    double b = numbers[k + 1];
    double c = numbers[k + 2];
    double d = numbers[k + 3];
    double[] first = columnTerms[k];
    double[] second = columnTerms[k + 1];
    double[] third = columnTerms[k + 2];
    double[] fourth = columnTerms[k + 3];
    for (int i = 0; i < first.length; i++) {
      sums[i] = sums[i] + a * first[i] + b * second[i] + c * third[i] + d * fourth[i];
    }
  }
}
