// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.delta.encode;

import dev.bartizan.delta.code.Side;
import dev.bartizan.delta.format.TensorPiece;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;

/**
 * A change as a sum of products of a column and a row, in whole numbers.
 *
 * @param scales for each product, what one unit is worth, as a power of two
 */
@SuppressWarnings("ArrayRecordComponent")
record LowRank(int[] scales, int[][] rows, int[][] columns) {
  static final LowRank NONE = new LowRank(new int[0], new int[0][], new int[0][]);

  private static final int RANK_MAX = 32;
  private static final int SMALLEST = 12;
  private static final double LARGEST = 1 << 29;

  /** Bits that a number of a vector takes beyond its precision. */
  private static final double NUMBER_BITS = 3;

  int rank() {
    return scales.length;
  }

  /**
   * Ways to say most of a change, coarse and fine, if that looks worth it.
   *
   * @param change what is left of each element, row after row
   */
  static List<LowRank> candidates(double[] change, int rows, int columns) {
    int most =
        Math.min(
            Math.min(RANK_MAX, TensorPiece.SIDE_NUMBERS_MAX / (rows + columns)),
            Math.min(rows, columns) / 3);
    if (rows < SMALLEST || columns < SMALLEST || most < 1) {
      return List.of();
    }
    double[] byRow = new double[rows];
    double[] byColumn = new double[columns];
    double[] white = whitened(change, rows, columns, byRow, byColumn);
    double total = squares(white);
    if (!(total > 0) || !Double.isFinite(total)) {
      return List.of();
    }
    Subspace subspace = Subspace.of(white, rows, columns, most);
    int rank = worthwhile(subspace.energies(), total, rows, columns);
    if (rank == 0) {
      return List.of();
    }
    List<LowRank> candidates = new ArrayList<>();
    for (int some : new TreeSet<>(List.of(rank, Math.min(most, rank + (rank + 1) / 2)))) {
      double noise = noise(subspace.energies(), some, total, white.length);
      for (double coarseness : new double[] {0.125, 0.25, 0.5, 1}) {
        candidates.add(quantised(subspace, some, noise * coarseness, byRow, byColumn));
      }
    }
    return candidates;
  }

  /** How large an element is that so many products leave, whitened. */
  private static double noise(double[] energies, int rank, double total, int elements) {
    double left = total;
    for (int k = 0; k < rank; k++) {
      left -= energies[k];
    }
    return Math.sqrt(Math.max(left, total * 1e-13) / elements);
  }

  /** The matrix with rows and columns of one size, which does not change its rank. */
  private static double[] whitened(
      double[] change, int rows, int columns, double[] byRow, double[] byColumn) {
    Arrays.fill(byColumn, 1);
    for (int round = 0; round < 3; round++) {
      for (int r = 0; r < rows; r++) {
        double sum = 0;
        for (int c = 0; c < columns; c++) {
          double value = change[r * columns + c] / byColumn[c];
          sum += value * value;
        }
        byRow[r] = sum > 0 ? Math.sqrt(sum / columns) : 1;
      }
      double[] sums = new double[columns];
      for (int r = 0; r < rows; r++) {
        for (int c = 0; c < columns; c++) {
          double value = change[r * columns + c] / byRow[r];
          sums[c] += value * value;
        }
      }
      for (int c = 0; c < columns; c++) {
        byColumn[c] = sums[c] > 0 ? Math.sqrt(sums[c] / rows) : 1;
      }
    }
    double[] white = new double[change.length];
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < columns; c++) {
        white[r * columns + c] = change[r * columns + c] / (byRow[r] * byColumn[c]);
      }
    }
    return white;
  }

  /** The rank at which what is saved most exceeds what the vectors take. */
  private static int worthwhile(double[] energies, double total, int rows, int columns) {
    double elements = (double) rows * columns;
    double left = total;
    double best = 0;
    int rank = 0;
    for (int k = 0; k < energies.length; k++) {
      left = Math.max(left - energies[k], total * 1e-13);
      double saved = elements / 2 * Math.log(total / left) / Math.log(2);
      double precision =
          0.5 * Math.log(energies[k] / left * elements / (rows + columns)) / Math.log(2);
      double bits = (k + 1.0) * (rows + columns) * (NUMBER_BITS + Math.max(0, precision / 2 + 1));
      if (saved - bits > best) {
        best = saved - bits;
        rank = k + 1;
      }
    }
    return rank;
  }

  private static LowRank quantised(
      Subspace subspace, int rank, double noise, double[] byRow, double[] byColumn) {
    int[] scales = new int[rank];
    int[][] rows = new int[rank][byRow.length];
    int[][] columns = new int[rank][byColumn.length];
    double rowUnit = typical(byRow);
    double columnUnit = typical(byColumn);
    for (int k = 0; k < rank; k++) {
      double strength = Math.sqrt(subspace.energies()[k]);
      double rowSize = Math.sqrt(strength / byRow.length);
      double columnSize = Math.sqrt(strength / byColumn.length);
      double step = noise * Math.sqrt(6.0 / rank);
      double rowStep = powerOfTwo(step / columnSize * rowUnit);
      double columnStep = powerOfTwo(step / rowSize * columnUnit);
      double balance = Math.sqrt(strength);
      rows[k] = whole(subspace.left()[k], byRow, balance / rowStep);
      columns[k] = whole(subspace.right()[k], byColumn, 1 / balance / columnStep);
      scales[k] = Math.getExponent(rowStep) + Math.getExponent(columnStep);
    }
    return new LowRank(scales, rows, columns);
  }

  private static int[] whole(double[] vector, double[] sizes, double times) {
    int[] whole = new int[vector.length];
    for (int i = 0; i < whole.length; i++) {
      double number = vector[i] * sizes[i] * times;
      whole[i] = (int) Math.max(-LARGEST, Math.min(LARGEST, Math.rint(number)));
    }
    return whole;
  }

  private static double typical(double[] sizes) {
    double sum = 0;
    for (double size : sizes) {
      sum += Math.log(size);
    }
    return Math.exp(sum / sizes.length);
  }

  private static double powerOfTwo(double value) {
    return Math.scalb(1.0, Math.getExponent(value));
  }

  private static double squares(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value * value;
    }
    return sum;
  }

  void addTo(double[] values, int at, int row) {
    for (int k = 0; k < rank(); k++) {
      double factor = Math.scalb((double) rows[k][row], scales[k]);
      for (int c = 0; c < columns[k].length; c++) {
        values[at + c] += factor * columns[k][c];
      }
    }
  }

  void describe(Side side) {
    side.scales = scales;
    side.rowVectors = rows;
    side.columnVectors = columns;
  }
}
