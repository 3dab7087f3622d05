// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.delta.encode;

import dev.bartizan.delta.format.Piece;

/** A stretch of the result as the plan has it. */
sealed interface Item {
  /** Bytes of the result. */
  long length();

  /** Bytes that decoding makes, rather than copies. */
  long coded();

  /** Bytes of the base that decoding needs at hand. */
  long atHand();

  /**
   * As bytes.
   *
   * @param position in the result
   */
  record Bytes(long position, Piece piece) implements Item {
    @Override
    public long length() {
      return piece.resultLength();
    }

    @Override
    public long coded() {
      return piece instanceof Piece.Copy ? 0 : piece.resultLength();
    }

    @Override
    public long atHand() {
      return piece.baseBytes();
    }
  }

  /**
   * As numbers: some rows of a tensor.
   *
   * @param position in the result
   * @param counterpart none, or one that covers all these rows
   */
  record Rows(
      TensorPlan tensor,
      long position,
      long firstRow,
      int rows,
      int columns,
      Counterpart counterpart)
      implements Item {
    @Override
    public long length() {
      return (long) rows * columns * tensor.grid().format().width();
    }

    @Override
    public long coded() {
      return length();
    }

    @Override
    public long atHand() {
      return (long) rows * counterpart.columns() * counterpart.format().width();
    }
  }
}
