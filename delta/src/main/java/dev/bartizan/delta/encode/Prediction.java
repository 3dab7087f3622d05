// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.delta.encode;

import dev.bartizan.delta.code.Side;
import dev.bartizan.delta.format.TensorPiece;

/** A way to predict a block from its counterpart, with all the values it takes. */
final class Prediction {
  private static final double[] NONE = {};

  private final int flags;
  private final double factor;
  private final double offset;
  private final double[] rowFactors;
  private final double[] columnFactors;
  private final LowRank change;

  private Prediction(
      int flags,
      double factor,
      double offset,
      double[] rowFactors,
      double[] columnFactors,
      LowRank change) {
    this.flags = flags;
    this.factor = factor;
    this.offset = offset;
    this.rowFactors = rowFactors;
    this.columnFactors = columnFactors;
    this.change = change;
  }

  /** As the counterpart is. */
  static Prediction copy() {
    return new Prediction(0, 1, 0, NONE, NONE, LowRank.NONE);
  }

  static Prediction scaled(double factor, double offset) {
    return new Prediction(TensorPiece.FACTOR, factor, 0, NONE, NONE, LowRank.NONE)
        .shiftedBy(offset);
  }

  static Prediction scaledByRow(double[] factors, double offset) {
    return new Prediction(TensorPiece.ROW_FACTORS, 1, 0, factors, NONE, LowRank.NONE)
        .shiftedBy(offset);
  }

  static Prediction scaledByColumn(double[] factors, double offset) {
    return new Prediction(TensorPiece.COLUMN_FACTORS, 1, 0, NONE, factors, LowRank.NONE)
        .shiftedBy(offset);
  }

  private Prediction shiftedBy(double zero) {
    int with = zero == 0 ? flags : flags | TensorPiece.OFFSET;
    return new Prediction(with, factor, zero, rowFactors, columnFactors, change);
  }

  /** And a product of thin matrices on top. */
  Prediction plus(LowRank product) {
    return new Prediction(flags, factor, offset, rowFactors, columnFactors, product);
  }

  int flags() {
    return flags;
  }

  /**
   * Whether it is computed, and rounded, exactly as a decoder does it, whose sums of low rank are
   * added up in another order.
   */
  boolean isRounded() {
    return flags != 0 && change.rank() == 0;
  }

  int rank() {
    return change.rank();
  }

  /** What is predicted for all elements that have a counterpart, others as zero. */
  double[] values(Block block) {
    int covered = block.view().columns();
    double[] values = new double[block.rows() * block.columns()];
    for (int r = 0; r < block.rows(); r++) {
      double byRow = rowFactors.length > 0 ? rowFactors[r] : factor;
      int at = r * block.columns();
      for (int c = 0; c < covered; c++) {
        double by = columnFactors.length > 0 ? byRow * columnFactors[c] : byRow;
        values[at + c] = block.baseValue(r, c) * by + offset;
      }
      change.addTo(values, at, r);
    }
    return values;
  }

  /** Fresh side information that says this. */
  Side side() {
    Side side = new Side();
    side.factor = factor;
    side.offset = offset;
    side.rowFactors = rowFactors;
    side.columnFactors = columnFactors;
    change.describe(side);
    return side;
  }
}
