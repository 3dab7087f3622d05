// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.delta.encode;

import dev.bartizan.delta.code.Side;
import java.util.Arrays;

/** How large changes are, by row and by column, in half octaves. */
final class Sizes {
  private static final int LEAST = -4096;

  /** Half octaves by which sizes are far from each other. */
  private static final int FAR = 8;

  private final int[] rows;
  private final int[] columns;

  private Sizes(int[] rows, int[] columns) {
    this.rows = rows;
    this.columns = columns;
  }

  /** One size for all. */
  static Sizes even(double[] changes, int rows, int columns) {
    double sum = 0;
    for (double change : changes) {
      sum += Double.isFinite(change) ? change : 0;
    }
    return same(sum / Math.max(1, changes.length), rows, columns);
  }

  /** One size for all, that of most changes: a few large ones count for no more than others. */
  static Sizes typical(double[] changes, int rows, int columns) {
    double[] sorted = changes.clone();
    Arrays.sort(sorted);
    return same(sorted[sorted.length * 3 / 4], rows, columns);
  }

  private static Sizes same(double size, int rows, int columns) {
    int[] byRow = new int[rows];
    Arrays.fill(byRow, halfOctaves(size));
    return new Sizes(byRow, new int[columns]);
  }

  /** Whether the first row's size is much less than the other's. */
  boolean isFarBelow(Sizes other) {
    return rows[0] < other.rows[0] - FAR;
  }

  /** A size for each row. */
  static Sizes byRow(double[] changes, int rows, int columns) {
    return fit(changes, rows, columns, ones(columns), false);
  }

  /** A size for each row and each column, their product close to what was seen. */
  static Sizes byRowAndColumn(double[] changes, int rows, int columns) {
    return fit(changes, rows, columns, ones(columns), true);
  }

  private static Sizes fit(
      double[] changes, int rows, int columns, double[] byColumn, boolean fitColumns) {
    double[] byRow = new double[rows];
    for (int round = 0; round < (fitColumns ? 3 : 1); round++) {
      Arrays.fill(byRow, 0);
      for (int r = 0; r < rows; r++) {
        double sum = 0;
        for (int c = 0; c < columns; c++) {
          double change = changes[r * columns + c];
          sum += byColumn[c] > 0 && Double.isFinite(change) ? change / byColumn[c] : 0;
        }
        byRow[r] = sum / columns;
      }
      if (fitColumns) {
        fitColumns(changes, rows, columns, byRow, byColumn);
      }
    }
    return quantised(byRow, byColumn);
  }

  private static void fitColumns(
      double[] changes, int rows, int columns, double[] byRow, double[] byColumn) {
    Arrays.fill(byColumn, 0);
    int used = 0;
    for (int r = 0; r < rows; r++) {
      if (byRow[r] > 0) {
        used++;
        for (int c = 0; c < columns; c++) {
          double change = changes[r * columns + c];
          byColumn[c] += Double.isFinite(change) ? change / byRow[r] : 0;
        }
      }
    }
    for (int c = 0; c < columns; c++) {
      byColumn[c] /= Math.max(1, used);
    }
  }

  private static Sizes quantised(double[] byRow, double[] byColumn) {
    int[] columns = new int[byColumn.length];
    int last = 0;
    for (int c = 0; c < columns.length; c++) {
      last = byColumn[c] > 0 ? halfOctaves(byColumn[c]) : last;
      columns[c] = last;
    }
    int[] rows = new int[byRow.length];
    for (int r = 0; r < rows.length; r++) {
      rows[r] = byRow[r] > 0 ? halfOctaves(byRow[r]) : Side.AS_PREDICTED;
    }
    return new Sizes(rows, columns);
  }

  private static double[] ones(int count) {
    double[] ones = new double[count];
    Arrays.fill(ones, 1);
    return ones;
  }

  private static int halfOctaves(double size) {
    return size > 0
        ? (int) Math.max(LEAST, Math.min(-LEAST, Math.round(2 * Math.log(size) / Math.log(2))))
        : LEAST;
  }

  /** Whether some row's elements are all as predicted. */
  boolean hasSameRows() {
    for (int row : rows) {
      if (row == Side.AS_PREDICTED) {
        return true;
      }
    }
    return false;
  }

  void describe(Side side) {
    side.rowSizes = rows;
    side.columnSizes = columns;
  }
}
