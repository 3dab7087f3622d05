// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.delta.encode;

import dev.bartizan.delta.format.NumberFormat;
import dev.bartizan.delta.format.TensorPiece.View;
import java.util.Optional;

/**
 * Some rows of a tensor of the result, at hand, with their counterpart in the base.
 *
 * @param content the rows as they are to be rebuilt
 * @param base the counterpart, row after row, dense; empty for {@link View#NONE}
 */
@SuppressWarnings("ArrayRecordComponent")
record Block(NumberFormat format, int rows, int columns, byte[] content, View view, byte[] base) {
  boolean hasBase() {
    return view.columns() > 0;
  }

  double value(int row, int column) {
    return format.value(ordered(row, column));
  }

  long ordered(int row, int column) {
    return format.ordered(format.bits(content, (row * columns + column) * format.width()));
  }

  double baseValue(int row, int column) {
    NumberFormat from = view.format();
    int at = (row * view.columns() + column) * from.width();
    return from.value(from.ordered(from.bits(base, at)));
  }

  /** Whether its counterpart lies in the base as it lies here. */
  boolean isInOneStretch() {
    return view.columnStride() == 1 && (rows == 1 || view.rowStride() == view.columns());
  }

  /** The same as numbers that are narrower than stored, if they are. */
  Optional<Block> in(NumberFormat narrow) {
    if (!format.isFloat() || format.width() != narrow.width() || !narrow.holds(content)) {
      return Optional.empty();
    }
    boolean isBaseToo = view.format() == format && narrow.holds(base);
    View like = isBaseToo ? view.in(narrow) : view;
    return Optional.of(new Block(narrow, rows, columns, content, like, base));
  }

  /** The same without its counterpart. */
  Block alone() {
    return new Block(format, rows, columns, content, View.NONE, new byte[0]);
  }

  /** Whether an element is its counterpart, bit by bit. */
  boolean isSame(int row, int column) {
    int width = format.width();
    if (view.format() != format || column >= view.columns()) {
      return false;
    }
    return format.bits(content, (row * columns + column) * width)
        == format.bits(base, (row * view.columns() + column) * width);
  }
}
