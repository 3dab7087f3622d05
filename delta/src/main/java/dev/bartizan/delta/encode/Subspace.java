// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.delta.encode;

import java.util.Random;

/**
 * The strongest directions of a matrix: a product of two thin ones that comes closest to it, by
 * randomised subspace iteration.
 *
 * @param left for each direction, a number for each row; orthonormal
 * @param right for each direction, a number for each column; its length is the singular value
 */
@SuppressWarnings("ArrayRecordComponent")
record Subspace(double[][] left, double[][] right) {
  private static final int ROUNDS = 3;
  private static final int SWEEPS = 12;

  /** The {@code rank} strongest directions of {@code matrix}, strongest first. */
  static Subspace of(double[] matrix, int rows, int columns, int rank) {
    Random random = new Random(rank);
    double[][] left = new double[rank][rows];
    double[][] right = new double[rank][columns];
    for (double[] direction : right) {
      for (int c = 0; c < columns; c++) {
        direction[c] = random.nextGaussian();
      }
    }
    for (int round = 0; round < ROUNDS; round++) {
      toRows(matrix, right, left);
      orthonormalise(left);
      toColumns(matrix, left, right);
      if (round < ROUNDS - 1) {
        orthonormalise(right);
      }
    }
    sort(left, right);
    return new Subspace(left, right);
  }

  private static void toRows(double[] matrix, double[][] right, double[][] left) {
    int columns = right[0].length;
    for (int k = 0; k < left.length; k++) {
      for (int r = 0; r < left[k].length; r++) {
        double sum = 0;
        int at = r * columns;
        for (int c = 0; c < columns; c++) {
          sum += matrix[at + c] * right[k][c];
        }
        left[k][r] = sum;
      }
    }
  }

  private static void toColumns(double[] matrix, double[][] left, double[][] right) {
    int columns = right[0].length;
    for (int k = 0; k < left.length; k++) {
      double[] sums = right[k];
      java.util.Arrays.fill(sums, 0);
      for (int r = 0; r < left[k].length; r++) {
        double factor = left[k][r];
        int at = r * columns;
        for (int c = 0; c < columns; c++) {
          sums[c] += factor * matrix[at + c];
        }
      }
    }
  }

  /** Gram and Schmidt, twice, since once is not enough in floating point. */
  private static void orthonormalise(double[][] directions) {
    for (int k = 0; k < directions.length; k++) {
      for (int pass = 0; pass < 2; pass++) {
        for (int earlier = 0; earlier < k; earlier++) {
          subtract(directions[k], directions[earlier], dot(directions[k], directions[earlier]));
        }
      }
      double length = Math.sqrt(dot(directions[k], directions[k]));
      for (int i = 0; i < directions[k].length; i++) {
        directions[k][i] = length > 0 ? directions[k][i] / length : 0;
      }
    }
  }

  /** Turns both until the right ones are orthogonal (Jacobi), and puts the longest first. */
  private static void sort(double[][] left, double[][] right) {
    int rank = right.length;
    for (int sweep = 0; sweep < SWEEPS; sweep++) {
      for (int i = 0; i < rank; i++) {
        for (int j = i + 1; j < rank; j++) {
          turn(left, right, i, j);
        }
      }
    }
  }

  private static void turn(double[][] left, double[][] right, int i, int j) {
    double one = dot(right[i], right[i]);
    double other = dot(right[j], right[j]);
    double both = dot(right[i], right[j]);
    if (Math.abs(both) <= 1e-14 * Math.sqrt(one * other) && one >= other) {
      return;
    }
    double angle = 0.5 * Math.atan2(2 * both, one - other);
    double cos = Math.cos(angle);
    double sin = Math.sin(angle);
    rotate(right[i], right[j], cos, sin);
    rotate(left[i], left[j], cos, sin);
  }

  private static void rotate(double[] one, double[] other, double cos, double sin) {
    for (int i = 0; i < one.length; i++) {
      double turned = cos * one[i] + sin * other[i];
      other[i] = cos * other[i] - sin * one[i];
      one[i] = turned;
    }
  }

  private static void subtract(double[] from, double[] what, double times) {
    for (int i = 0; i < from.length; i++) {
      from[i] -= times * what[i];
    }
  }

  private static double dot(double[] one, double[] other) {
    double sum = 0;
    for (int i = 0; i < one.length; i++) {
      sum += one[i] * other[i];
    }
    return sum;
  }

  /** How much of the matrix's squares each direction takes. */
  double[] energies() {
    double[] energies = new double[right.length];
    for (int k = 0; k < energies.length; k++) {
      energies[k] = dot(right[k], right[k]);
    }
    return energies;
  }
}
