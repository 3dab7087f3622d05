// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.delta.encode;

import dev.bartizan.delta.format.KnownContent;
import dev.bartizan.delta.format.NumberFormat;
import java.io.IOException;

/** How much like a tensor of the result some numbers of the base are, by looking at a few. */
final class Likeness {
  private static final int SAMPLES = 256;

  /** Correlated less than this may be chance. */
  private static final double CHANCE = 0.2;

  private final KnownContent base;
  private final KnownContent result;
  private final Grid grid;

  Likeness(KnownContent base, KnownContent result, Grid grid) {
    this.base = base;
    this.result = result;
    this.grid = grid;
  }

  /**
   * From 1 to 2 where they go up and down together: by how much, whatever their scale and zero
   * point, which quantising changes. From 0 to 1 where only their size is alike: numbers that are
   * all near 1 are like all others near 1.
   */
  double of(Counterpart related) throws IOException {
    long total = Math.min(related.rows(), grid.rows()) * related.columns();
    int count = (int) Math.min(SAMPLES, total);
    Sums sums = new Sums();
    for (int i = 0; i < count; i++) {
      long at = total / count * i + i % (total / count);
      long row = at / related.columns();
      long column = at % related.columns();
      long element = row * grid.columns() + column;
      if (element < grid.elements()) {
        long there = row * related.rowStride() + column * related.columnStride();
        sums.add(
            value(result, grid.format(), grid.position(), element),
            value(base, related.format(), related.position(), there));
      }
    }
    double together = sums.correlation();
    return together > CHANCE ? 1 + together : sums.cosine();
  }

  private static double value(
      KnownContent content, NumberFormat format, long position, long element) throws IOException {
    byte[] one = content.read(position + element * format.width(), format.width());
    return format.value(format.ordered(format.bits(one, 0)));
  }

  private static final class Sums {
    private int count;
    private double now;
    private double then;
    private double nowSquared;
    private double thenSquared;
    private double both;

    void add(double one, double other) {
      if (Double.isFinite(one) && Double.isFinite(other)) {
        count++;
        now += one;
        then += other;
        nowSquared += one * one;
        thenSquared += other * other;
        both += one * other;
      }
    }

    double correlation() {
      return ratio(
          count * both - now * then,
          Math.sqrt(Math.max(0, count * nowSquared - now * now))
              * Math.sqrt(Math.max(0, count * thenSquared - then * then)));
    }

    double cosine() {
      return ratio(both, Math.sqrt(nowSquared) * Math.sqrt(thenSquared));
    }

    private static double ratio(double part, double whole) {
      return whole > 0 && Double.isFinite(whole) ? Math.min(1, Math.abs(part) / whole) : 0;
    }
  }
}
