// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.delta.encode;

import dev.bartizan.delta.format.DeltaFormat;
import java.util.ArrayList;
import java.util.List;

/** A tensor of the result, cut into blocks that fit into sections. */
record TensorPlan(String name, Grid grid, Counterpart counterpart) {
  private static final int BLOCK_MAX = DeltaFormat.SECTION_CODED_MAX;
  private static final int AT_HAND_MAX = DeltaFormat.SECTION_BASE_MAX * 3 / 4;

  List<Item.Rows> blocks() {
    List<Item.Rows> blocks = new ArrayList<>();
    int width = grid.format().width();
    long whole = grid.elements() / grid.columns();
    long rowsMax = Math.max(1, BLOCK_MAX / ((long) grid.columns() * width));
    if (counterpart.columns() > 0) {
      long atHand = (long) counterpart.columns() * counterpart.format().width();
      rowsMax = Math.max(1, Math.min(rowsMax, AT_HAND_MAX / atHand));
    }
    for (long row = 0; row < whole; ) {
      boolean known = row < counterpart.rows();
      long end = known ? Math.min(whole, counterpart.rows()) : whole;
      // Blocks of one size: a thin last one would learn little.
      long blocksLeft = (end - row + rowsMax - 1) / rowsMax;
      long rows = (end - row + blocksLeft - 1) / blocksLeft;
      blocks.add(block(row, (int) rows, grid.columns(), known ? counterpart : Counterpart.NONE));
      row += rows;
    }
    long rest = grid.elements() - whole * grid.columns();
    if (rest > 0) {
      Counterpart narrower =
          whole < counterpart.rows() ? counterpart.narrowed((int) rest) : Counterpart.NONE;
      blocks.add(block(whole, 1, (int) rest, narrower));
    }
    return blocks;
  }

  private Item.Rows block(long row, int rows, int columns, Counterpart like) {
    long position = grid.position() + row * grid.columns() * grid.format().width();
    return new Item.Rows(this, position, row, rows, columns, like);
  }
}
