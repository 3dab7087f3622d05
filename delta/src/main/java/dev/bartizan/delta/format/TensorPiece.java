// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.delta.format;

/**
 * A block of a tensor, or all of it: rows of numbers in the result, and what they are predicted
 * from.
 *
 * @param format of the result's elements
 * @param rows of the block
 * @param columns of the block
 * @param base where its counterpart is, or {@link View#NONE}
 * @param flags which side information there is, see the constants
 * @param rank how many products of a column and a row are added to the prediction
 * @param cost bytes it takes in the streams, as its writer says; for people, nothing rests on it
 */
public record TensorPiece(
    NumberFormat format, int rows, int columns, View base, int flags, int rank, int cost)
    implements Piece {
  /** One factor for all. */
  public static final int FACTOR = 1;

  /** A factor for each row. */
  public static final int ROW_FACTORS = 2;

  /** A factor for each column. */
  public static final int COLUMN_FACTORS = 4;

  /** A number added to all: a zero point. */
  public static final int OFFSET = 8;

  /** The size of a change is said for each row. */
  public static final int ROW_SIZES = 16;

  /** The size of a change is said for each column. */
  public static final int COLUMN_SIZES = 32;

  /** Whether an element is zero is said before anything else. */
  public static final int ZEROS = 64;

  /** Rows may be said to be wholly as predicted. */
  public static final int SAME_ROWS = 128;

  /** Integers are coded by how the changes before them in their row went. */
  public static final int TREND = 256;

  /** Elements are coded as bytes, by what became of the base's; only the next two go with it. */
  public static final int BYTES = 512;

  /** With bytes: those above tell nothing of one that is not the base's. */
  public static final int NOISE = 1024;

  /** Of sixteen elements, or bytes of them, is said first whether all of them are as predicted. */
  public static final int QUIET = 2048;

  static final int ALL_FLAGS = 4095;
  static final int RANK_MAX = 64;

  /** Singular vectors and the like, held while a block is decoded. */
  public static final int SIDE_NUMBERS_MAX = 1 << 19;

  /** A row, of which a few copies in wider form are held. */
  static final int COLUMNS_MAX = 1 << 19;

  /**
   * A rectangle of numbers in the base.
   *
   * @param position of its first element, in bytes
   * @param rowStride elements from one row to the next
   * @param columnStride elements from one column to the next
   * @param columns how many columns of the block it covers, from the first
   */
  public record View(
      NumberFormat format, long position, long rowStride, long columnStride, int columns) {
    /** Nothing to predict from. */
    public static final View NONE = new View(NumberFormat.F32, 0, 0, 0, 0);

    /** The same with its numbers seen in another format of this width. */
    public View in(NumberFormat other) {
      return new View(other, position, rowStride, columnStride, columns);
    }
  }

  public boolean has(int flag) {
    return (flags & flag) != 0;
  }

  /** Whether the format's residuals can be coded by their trend: those of wide integers cannot. */
  public static boolean canHaveTrend(NumberFormat format) {
    return !format.isFloat() && format.width() < Long.BYTES;
  }

  /** Whether a block can be coded as bytes: with a base of its own shape and format, or none. */
  public static boolean canBeBytes(NumberFormat format, int columns, View base) {
    return base.columns() == 0 || (base.format() == format && base.columns() == columns);
  }

  /** Whether it can be said in groups what is as predicted: not among zeros or in a trend. */
  public boolean canBeQuiet() {
    return !has(ZEROS | TREND);
  }

  /** Whether the prediction is computed, rather than the base's own element. */
  public boolean isComputed() {
    return rank > 0
        || (flags & (FACTOR | ROW_FACTORS | COLUMN_FACTORS | OFFSET)) != 0
        || base.format() != format;
  }

  public boolean hasBase() {
    return base.columns() > 0;
  }

  /** Bytes of the result. */
  @Override
  public long resultLength() {
    return (long) rows * columns * format.width();
  }

  /** Bytes of the base that decoding needs at hand. */
  @Override
  public long baseBytes() {
    return (long) rows * base.columns() * base.format().width();
  }
}
