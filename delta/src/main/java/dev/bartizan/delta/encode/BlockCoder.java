// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.delta.encode;

import dev.bartizan.delta.code.Side;
import dev.bartizan.delta.format.NumberFormat;
import dev.bartizan.delta.format.TensorPiece;
import java.util.List;
import java.util.Optional;

/** Finds the cheapest way to code a block, by trying. */
final class BlockCoder {
  /** For what is another number only in its bits: the other zero, something that is no number. */
  private static final double TINY = 1e-300;

  /** With more bits for each element, hardly a group is wholly as predicted. */
  private static final double QUIET_BITS = 0.5;

  private static final List<NumberFormat> NARROW =
      List.of(NumberFormat.F32_IN_F64, NumberFormat.F16_IN_F32, NumberFormat.BF16_IN_F32);

  private BlockCoder() {}

  static Choice best(Block block) {
    Choice best = bestAsStored(block);
    for (NumberFormat narrow : NARROW) {
      Optional<Block> narrower = block.in(narrow);
      if (narrower.isPresent()) {
        best = best.cheaper(bestAsStored(narrower.get()));
      }
    }
    return quicker(best);
  }

  /**
   * The same said in groups, where most is as predicted: that is decoded several times as fast, for
   * which a little more may travel.
   */
  private static Choice quicker(Choice choice) {
    if (!mayBeQuiet(choice)) {
      return choice;
    }
    Choice quiet = choice.quiet();
    return quiet.bits() <= choice.bits() + worthTheTime(choice) ? quiet : choice;
  }

  private static boolean mayBeQuiet(Choice choice) {
    TensorPiece piece = choice.piece();
    double elements = (double) piece.rows() * piece.columns();
    return piece.canBeQuiet()
        && (piece.has(TensorPiece.BYTES) || choice.bits() < QUIET_BITS * elements);
  }

  /** Bits that may be spent: an eighth of them, and of the block's own a thousandth. */
  private static double worthTheTime(Choice choice) {
    return Math.min(choice.bits() / 8, 8.0 * choice.piece().resultLength() / 1024);
  }

  private static Choice bestAsStored(Block block) {
    Choice best = alone(block.alone());
    if (block.hasBase()) {
      for (Prediction prediction : Predictions.of(block)) {
        best = best.cheaper(with(block, prediction));
      }
      if (TensorPiece.canBeBytes(block.format(), block.columns(), block.view())) {
        best = best.cheaper(byteByByte(block));
      }
    }
    return best.cheaper(byteByByte(block.alone()));
  }

  private static Choice byteByByte(Block block) {
    Choice best = Choice.of(block, TensorPiece.BYTES, 0, new Side());
    boolean hasBytesAbove = block.format().width() > 1;
    return block.hasBase() && hasBytesAbove
        ? best.cheaper(Choice.of(block, TensorPiece.BYTES | TensorPiece.NOISE, 0, new Side()))
        : best;
  }

  private static Choice alone(Block block) {
    double[] sizes = new double[block.rows() * block.columns()];
    for (int r = 0; r < block.rows(); r++) {
      for (int c = 0; c < block.columns(); c++) {
        sizes[r * block.columns() + c] = Math.abs(block.value(r, c));
      }
    }
    return bySizes(block, sizes, Prediction.copy());
  }

  private static Choice with(Block block, Prediction prediction) {
    double[] predicted = prediction.values(block);
    double[] changes = changes(block, prediction, predicted);
    Choice best = bySizes(block, changes, prediction);
    if (prediction.isRounded()) {
      // A change that rounding takes away counts for how far off others are, or it does not.
      best = best.cheaper(bySizes(block, withoutRounding(block, predicted, changes), prediction));
    }
    if (TensorPiece.canHaveTrend(block.format())) {
      Sizes even = Sizes.even(changes, block.rows(), block.columns());
      best = best.cheaper(choose(block, prediction, even, TensorPiece.TREND));
    }
    return best;
  }

  private static Choice bySizes(Block block, double[] changes, Prediction prediction) {
    int rows = block.rows();
    int columns = block.columns();
    Sizes even = Sizes.even(changes, rows, columns);
    Choice best = choose(block, prediction, even, 0);
    Sizes typical = Sizes.typical(changes, rows, columns);
    if (typical.isFarBelow(even)) {
      best = best.cheaper(choose(block, prediction, typical, 0));
    }
    if (rows > 1) {
      Sizes byRow = Sizes.byRow(changes, rows, columns);
      best = best.cheaper(choose(block, prediction, byRow, TensorPiece.ROW_SIZES));
      if (columns > 1) {
        Sizes both = Sizes.byRowAndColumn(changes, rows, columns);
        best =
            best.cheaper(
                choose(block, prediction, both, TensorPiece.ROW_SIZES | TensorPiece.COLUMN_SIZES));
      }
    }
    return best;
  }

  private static Choice choose(Block block, Prediction prediction, Sizes sizes, int flags) {
    Side side = prediction.side();
    sizes.describe(side);
    int same = flags != 0 && sizes.hasSameRows() && block.hasBase() ? TensorPiece.SAME_ROWS : 0;
    if (same == 0) {
      replaceSame(side.rowSizes);
    }
    int all = prediction.flags() | flags | same;
    Choice choice = Choice.of(block, all, prediction.rank(), side);
    if ((flags & TensorPiece.TREND) == 0 && hasZeros(block)) {
      Side again = prediction.side();
      sizes.describe(again);
      again.zeroReference = zeroReference(block);
      choice = choice.cheaper(Choice.of(block, all | TensorPiece.ZEROS, prediction.rank(), again));
    }
    return choice;
  }

  private static void replaceSame(int[] rows) {
    int last = 0;
    for (int r = 0; r < rows.length; r++) {
      last = rows[r] == Side.AS_PREDICTED ? last : rows[r];
      rows[r] = last;
    }
  }

  private static boolean hasZeros(Block block) {
    int zeros = 0;
    int elements = block.rows() * block.columns();
    int width = block.format().width();
    for (int i = 0; i < elements; i++) {
      double value =
          block
              .format()
              .value(block.format().ordered(block.format().bits(block.content(), i * width)));
      zeros += value == 0 ? 1 : 0;
    }
    return zeros > 8 + elements / 64;
  }

  private static int zeroReference(Block block) {
    NumberFormat from = block.view().format();
    if (!block.format().isFloat() || !block.hasBase()) {
      return 0;
    }
    long largest = 0;
    for (int i = 0; i < block.rows() * block.view().columns(); i++) {
      long ordered = from.ordered(from.bits(block.base(), i * from.width()));
      long magnitude = ordered >= 0 ? ordered : ~ordered;
      largest = Math.max(largest, magnitude);
    }
    long inFormat = block.format().nearest(from.value(largest));
    return (int) (inFormat >>> (block.format().mantissa() - 3));
  }

  private static double[] changes(Block block, Prediction prediction, double[] predicted) {
    double[] changes = new double[predicted.length];
    for (int r = 0; r < block.rows(); r++) {
      for (int c = 0; c < block.columns(); c++) {
        int at = r * block.columns() + c;
        double change = Math.abs(block.value(r, c) - predicted[at]);
        boolean tells = change > 0 && Double.isFinite(change);
        boolean same = prediction.flags() == 0 && prediction.rank() == 0 && block.isSame(r, c);
        changes[at] = tells || same ? change : TINY;
      }
    }
    return changes;
  }

  private static double[] withoutRounding(Block block, double[] predicted, double[] changes) {
    double[] left = new double[changes.length];
    for (int r = 0; r < block.rows(); r++) {
      for (int c = 0; c < block.columns(); c++) {
        int at = r * block.columns() + c;
        boolean isCovered = c < block.view().columns();
        boolean isHit = block.format().nearest(predicted[at]) == block.ordered(r, c);
        left[at] = isCovered && isHit ? 0 : changes[at];
      }
    }
    return left;
  }
}
