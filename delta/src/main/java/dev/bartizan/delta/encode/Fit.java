// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.delta.encode;

import dev.bartizan.delta.format.NumberFormat;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Factors that take a block's counterpart to the block: by least squares, or where rounding tells
 * more, exactly.
 */
final class Fit {
  /** Quotients that are looked at, and one in how many has to agree with others. */
  private static final int SAMPLES = 1 << 14;

  private static final int AGREEING = 64;

  private final Block block;
  private final double offset;
  private final int covered;

  Fit(Block block, double offset) {
    this.block = block;
    this.offset = offset;
    this.covered = block.view().columns();
  }

  /**
   * What is added to scaled numbers of the base where one of both is quantised: a whole zero point,
   * or what one became.
   */
  static double zeroPoint(Block block) {
    double count = 0;
    double sumX = 0;
    double sumY = 0;
    double sumXx = 0;
    double sumXy = 0;
    for (int r = 0; r < block.rows(); r++) {
      for (int c = 0; c < block.view().columns(); c++) {
        double x = block.baseValue(r, c);
        double y = block.value(r, c);
        if (!isClamped(block, y) && Double.isFinite(x)) {
          count++;
          sumX += x;
          sumY += y;
          sumXx += x * x;
          sumXy += x * y;
        }
      }
    }
    double spread = count * sumXx - sumX * sumX;
    if (!(spread > 0)) {
      return 0;
    }
    double slope = (count * sumXy - sumX * sumY) / spread;
    double zero = (sumY - slope * sumX) / count;
    return block.format().isFloat() ? shortened(zero) : Math.rint(zero);
  }

  double all() {
    return fit(0, block.rows(), 0, covered);
  }

  double[] byRow() {
    double[] factors = new double[block.rows()];
    for (int r = 0; r < factors.length; r++) {
      factors[r] = fit(r, r + 1, 0, covered);
    }
    return factors;
  }

  double[] byColumn() {
    double[] factors = new double[block.columns()];
    for (int c = 0; c < covered; c++) {
      factors[c] = fit(0, block.rows(), c, c + 1);
    }
    return factors;
  }

  /**
   * The factor that most elements agree on, however large the others' changes are: weight decay
   * shrinks all alike, and is all that happens to rows that nothing trains. It is what remains of
   * the quotients when again and again the half that lies closest together is kept.
   */
  double commonest() {
    double[] quotients = quotients();
    int from = 0;
    int count = quotients.length;
    while (count > Math.max(2, quotients.length / AGREEING)) {
      int half = (count + 1) / 2;
      int closest = from;
      for (int i = from; i + half <= from + count; i++) {
        boolean closer = width(quotients, i, half) < width(quotients, closest, half);
        closest = closer ? i : closest;
      }
      from = closest;
      count = half;
    }
    double factor = Arrays.stream(quotients, from, from + count).average().orElse(1);
    return shortened(factor);
  }

  private static double width(double[] sorted, int from, int count) {
    return sorted[from + count - 1] - sorted[from];
  }

  /** Sorted; of as many elements as tell, evenly spread. */
  private double[] quotients() {
    int all = block.rows() * covered;
    int step = 1 + all / SAMPLES;
    return IntStream.iterate(0, i -> i < all, i -> i + step)
        .mapToDouble(i -> quotient(i / covered, i % covered))
        .filter(quotient -> Double.isFinite(quotient) && quotient != 0)
        .sorted()
        .toArray();
  }

  private double quotient(int row, int column) {
    return (block.value(row, column) - offset) / block.baseValue(row, column);
  }

  private double fit(int firstRow, int lastRow, int firstColumn, int lastColumn) {
    double both = 0;
    double squares = 0;
    double least = Double.NEGATIVE_INFINITY;
    double most = Double.POSITIVE_INFINITY;
    boolean rounded = !block.format().isFloat();
    for (int r = firstRow; r < lastRow; r++) {
      for (int c = firstColumn; c < lastColumn; c++) {
        double x = block.baseValue(r, c);
        double stored = block.value(r, c);
        double y = stored - offset;
        if (!Double.isFinite(x) || !Double.isFinite(y) || isClamped(block, stored)) {
          continue;
        }
        both += x * y;
        squares += x * x;
        if (rounded && x != 0) {
          least = Math.max(least, (x > 0 ? y - 0.5 : y + 0.5) / x);
          most = Math.min(most, (x > 0 ? y + 0.5 : y - 0.5) / x);
        }
      }
    }
    double factor = squares > 0 ? both / squares : 1;
    boolean exact = rounded && least <= most && Double.isFinite(least + most);
    return Double.isFinite(factor) ? shortened(exact ? (least + most) / 2 : factor) : 1;
  }

  /** As many bits as travel. */
  private static double shortened(double factor) {
    return Double.longBitsToDouble(Double.doubleToRawLongBits(factor) >>> 24 << 24);
  }

  private static boolean isClamped(Block block, double value) {
    NumberFormat format = block.format();
    return !format.isFloat()
        && (value == format.value(format.nearest(Double.POSITIVE_INFINITY))
            || value == format.value(format.nearest(Double.NEGATIVE_INFINITY)));
  }
}
