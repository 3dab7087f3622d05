// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.delta.encode;

import dev.bartizan.delta.code.Contexts;
import dev.bartizan.delta.code.SymbolContexts;
import dev.bartizan.delta.code.Symbols;

/** Learns as a writer does, and keeps nothing but how many bits it would have written. */
final class CostMeter extends Symbols {
  private static final float[] COST = new float[Contexts.TOTAL + 1];

  static {
    for (int i = 1; i < COST.length; i++) {
      COST[i] = (float) (Contexts.BITS - Math.log(i) / Math.log(2));
    }
  }

  private final Contexts contexts = SymbolContexts.contexts();
  private double bits;

  /** What has been measured so far, in bits. */
  double cost() {
    return bits;
  }

  @Override
  public boolean isReading() {
    return false;
  }

  @Override
  protected int symbol(int context, int symbol) {
    bits += COST[contexts.range(context, symbol) & 0xffff];
    contexts.learn(context, symbol);
    return symbol;
  }

  @Override
  protected long bits(int count, long value) {
    bits += count;
    return value;
  }
}
