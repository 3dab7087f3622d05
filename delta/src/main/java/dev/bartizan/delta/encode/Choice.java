// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.delta.encode;

import dev.bartizan.delta.code.Side;
import dev.bartizan.delta.code.Symbols;
import dev.bartizan.delta.code.TensorCode;
import dev.bartizan.delta.format.DeltaFormat;
import dev.bartizan.delta.format.DeltaRefusal;
import dev.bartizan.delta.format.TensorPiece;

/**
 * One way to code a block, and what it costs.
 *
 * @param bits by true cost, the models learning from nothing
 */
record Choice(Block block, TensorPiece piece, Side side, double bits) {
  static Choice of(Block block, int flags, int rank, Side side) {
    CostMeter meter = new CostMeter();
    code(meter, block, piece(block, flags, rank, 0), side);
    int bytes = (int) Math.min(Math.ceil(meter.cost() / 8), DeltaFormat.SECTION_PAYLOAD_MAX);
    return new Choice(block, piece(block, flags, rank, bytes), side, meter.cost());
  }

  /** The same with whole groups said to be as predicted. */
  Choice quiet() {
    return of(block, piece.flags() | TensorPiece.QUIET, piece.rank(), side);
  }

  private static TensorPiece piece(Block block, int flags, int rank, int cost) {
    return new TensorPiece(
        block.format(), block.rows(), block.columns(), block.view(), flags, rank, cost);
  }

  /** Codes the block for good. */
  void write(SymbolWriter out) {
    code(out, block, piece, side);
  }

  Choice cheaper(Choice other) {
    return other.bits < bits ? other : this;
  }

  private static void code(Symbols port, Block block, TensorPiece piece, Side side) {
    try {
      new TensorCode(port, piece, side).code(block.base(), 0, block.content(), 0);
    } catch (DeltaRefusal impossible) {
      throw new IllegalStateException("a writer refuses nothing", impossible);
    }
  }
}
