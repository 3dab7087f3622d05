// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.delta.code;

import java.util.Arrays;

/**
 * A change of low rank: the sum of products of a column and a row, computed for two rows at a time
 * and four products, which spares most of the memory traffic.
 */
final class Products {
  private static final int AT_ONCE = 4;

  /** For each product a number for each row; with products of zeros to make fours. */
  private final int[][] rowNumbers;

  private final double[][] columnTerms;
  private final double[] even;
  private final double[] odd;

  Products(int rank, int rows, int columns) {
    int padded = (rank + AT_ONCE - 1) / AT_ONCE * AT_ONCE;
    this.rowNumbers = new int[padded][rows + 1];
    this.columnTerms = new double[padded][columns];
    this.even = new double[rank > 0 ? columns : 0];
    this.odd = new double[even.length];
  }

  /**
   * Puts in a product.
   *
   * @param unit what one unit of the column's numbers is worth, a power of two
   */
  void put(int k, int[] rows, int[] columns, double unit) {
    System.arraycopy(rows, 0, rowNumbers[k], 0, rows.length);
    for (int i = 0; i < columns.length; i++) {
      columnTerms[k][i] = columns[i] * unit;
    }
  }

  /** The sum for a row, in the order of the products, from 0 on; ask for rows in their order. */
  double[] row(int row) {
    if (row % 2 == 0) {
      Arrays.fill(even, 0);
      Arrays.fill(odd, 0);
      for (int k = 0; k < rowNumbers.length; k += AT_ONCE) {
        addFour(row, k);
      }
    }
    return row % 2 == 0 ? even : odd;
  }

  private void addFour(int row, int k) {
    double a = rowNumbers[k][row];
    double b = rowNumbers[k + 1][row];
    double c = rowNumbers[k + 2][row];
    double d = rowNumbers[k + 3][row];
    double e = rowNumbers[k][row + 1];
    double f = rowNumbers[k + 1][row + 1];
    double g = rowNumbers[k + 2][row + 1];
    double h = rowNumbers[k + 3][row + 1];
    double[] first = columnTerms[k];
    double[] second = columnTerms[k + 1];
    double[] third = columnTerms[k + 2];
    double[] fourth = columnTerms[k + 3];
    double[] even = this.even;
    double[] odd = this.odd;
    for (int i = 0; i < even.length; i++) {
      double p = first[i];
      double q = second[i];
      double r = third[i];
      double s = fourth[i];
      double x = even[i] + a * p + b * q + c * r + d * s;
      double y = odd[i] + e * p + f * q + g * r + h * s;
      even[i] = x;
      odd[i] = y;
    }
  }
}
