// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.delta.encode;

import java.util.ArrayList;
import java.util.List;

/** Finds predictions of a block that are worth a try. */
final class Predictions {
  /** Fewer elements are not worth a factor. */
  private static final int SMALLEST = 32;

  /** What a factor must leave of the squares to be tried. */
  private static final double WORTH_A_TRY = 0.9;

  /** Bits that a factor for all must spare each element. */
  private static final double WORTH_A_FACTOR = 1 / 16.0;

  private Predictions() {}

  /** What to try, from the plainest on. */
  static List<Prediction> of(Block block) {
    List<Prediction> predictions = new ArrayList<>();
    Prediction copy = Prediction.copy();
    boolean quantised = !block.format().isFloat();
    boolean cast = block.format() != block.view().format();
    if (!quantised || !cast) {
      predictions.add(copy);
    }
    int elements = block.rows() * block.columns();
    if (elements < SMALLEST) {
      return predictions;
    }
    double before = quantised ? Double.MAX_VALUE : squares(block, copy);
    boolean hasZeroPoint = quantised || !block.view().format().isFloat();
    double offset = hasZeroPoint ? Fit.zeroPoint(block) : 0;
    Fit fit = new Fit(block, offset);
    predictions.addAll(scaled(block, fit, offset, before));
    if (!quantised && before > 0) {
      predictions.addAll(withLowRank(block, copy));
      Prediction steady = Prediction.scaled(fit.commonest(), offset);
      if (bits(block, copy) - bits(block, steady) > WORTH_A_FACTOR * elements) {
        predictions.add(steady);
        predictions.addAll(withLowRank(block, steady));
      }
    }
    return predictions;
  }

  private static List<Prediction> withLowRank(Block block, Prediction prediction) {
    return LowRank.candidates(left(block, prediction), block.rows(), block.columns()).stream()
        .map(prediction::plus)
        .toList();
  }

  /** How long the distances from a prediction are, all together. */
  private static long bits(Block block, Prediction prediction) {
    double[] predicted = prediction.values(block);
    long bits = 0;
    for (int r = 0; r < block.rows(); r++) {
      for (int c = 0; c < block.view().columns(); c++) {
        long nearest = block.format().nearest(predicted[r * block.columns() + c]);
        long distance = Math.abs(block.ordered(r, c) - nearest);
        bits += Long.SIZE - Long.numberOfLeadingZeros(distance);
      }
    }
    return bits;
  }

  private static List<Prediction> scaled(Block block, Fit fit, double offset, double before) {
    List<Prediction> scaled = new ArrayList<>();
    scaled.add(Prediction.scaled(fit.all(), offset));
    if (block.rows() > 1 && block.columns() > 1) {
      scaled.add(Prediction.scaledByRow(fit.byRow(), offset));
      scaled.add(Prediction.scaledByColumn(fit.byColumn(), offset));
    }
    scaled.removeIf(one -> !(squares(block, one) < WORTH_A_TRY * before));
    return scaled;
  }

  private static double squares(Block block, Prediction prediction) {
    double sum = 0;
    for (double value : left(block, prediction)) {
      sum += value * value;
    }
    return sum;
  }

  private static double[] left(Block block, Prediction prediction) {
    double[] values = prediction.values(block);
    for (int r = 0; r < block.rows(); r++) {
      for (int c = 0; c < block.columns(); c++) {
        int at = r * block.columns() + c;
        values[at] = c < block.view().columns() ? block.value(r, c) - values[at] : 0;
      }
    }
    return values;
  }
}
