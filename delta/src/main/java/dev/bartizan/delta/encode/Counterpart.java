// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.delta.encode;

import dev.bartizan.delta.format.NumberFormat;
import dev.bartizan.delta.format.TensorPiece.View;

/**
 * Where in the base the elements of a tensor have their like.
 *
 * @param rows how many of the result's rows have one
 * @param columns how many of the result's columns have one
 * @param rowStride elements of the base from one row to the next
 * @param columnStride elements of the base from one column to the next
 */
record Counterpart(
    NumberFormat format, long position, long rows, int columns, long rowStride, long columnStride) {
  static final Counterpart NONE = new Counterpart(NumberFormat.F32, 0, 0, 0, 0, 0);

  /** Element by element. */
  static Counterpart same(Grid grid, Grid base) {
    return new Counterpart(
        base.format(), base.position(), grid.rows(), grid.columns(), grid.columns(), 1);
  }

  /** The base's rows are the result's columns. */
  static Counterpart transposed(Grid grid, Grid base) {
    return new Counterpart(
        base.format(), base.position(), grid.rows(), grid.columns(), 1, base.columns());
  }

  /** What both have, from the first row and column on. */
  static Counterpart overlap(Grid grid, Grid base) {
    return new Counterpart(
        base.format(),
        base.position(),
        Math.min(grid.rows(), base.rows()),
        Math.min(grid.columns(), base.columns()),
        base.columns(),
        1);
  }

  /** The same for the first columns only: a row that was cut off. */
  Counterpart narrowed(int width) {
    return new Counterpart(
        format, position, rows, Math.min(columns, width), rowStride, columnStride);
  }

  /** Whether it lies in the base as the tensor does in the result, one element after the other. */
  boolean isDense(Grid whole) {
    return columns > 0 && columns == whole.columns() && columnStride == 1 && rowStride == columns;
  }

  /** What it has for a part of the tensor, if that lies in one stretch. */
  Counterpart part(Grid whole, Grid part) {
    long first = (part.position() - whole.position()) / whole.format().width();
    if (!isDense(whole) || first + part.elements() > rows * columns) {
      return NONE;
    }
    long start = position + first * format.width();
    return new Counterpart(format, start, part.rows(), part.columns(), part.columns(), 1);
  }

  /** The part for some rows, all of which have a like. */
  View view(long firstRow) {
    long start = position + firstRow * rowStride * format.width();
    return columns == 0 ? View.NONE : new View(format, start, rowStride, columnStride, columns);
  }
}
