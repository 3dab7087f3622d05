// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.delta.code;

import dev.bartizan.delta.format.DeltaRefusal;
import dev.bartizan.delta.format.NumberFormat;

/**
 * Integers as residuals, in the context of the size that is expected and, where a context is worth
 * its keep, of where between two integers the prediction lay.
 */
final class IntegerSymbols implements NumberSymbols {
  private final boolean isWide;
  private final ResidualSymbol residuals;
  private final int columns;

  IntegerSymbols(NumberFormat format, int columns) {
    this.isWide = format.size() == Long.SIZE;
    this.residuals = ResidualSymbol.of(format);
    this.columns = columns;
  }

  @Override
  public void expect(Run run, int at, int rowSize, int[] columnSizes) {
    int least = isWide ? SymbolContexts.SIZE_MIN : SymbolContexts.INTEGER_SIZE_MIN;
    int most = isWide ? SymbolContexts.SIZES - 1 : SymbolContexts.INTEGER_SIZES - 1;
    for (int i = 0; i < columns; i++) {
      int size = Math.max(0, Math.min(most, rowSize + columnSizes[i] - least));
      int first =
          isWide
              ? SymbolContexts.WIDE_INTEGERS
              : SymbolContexts.INTEGERS + run.fractions[at + i] * SymbolContexts.INTEGER_SIZES;
      run.contexts[at + i] = first + size;
    }
  }

  @Override
  public void choose(Run run, int count) {
    for (int i = 0; i < count; i++) {
      run.symbols[i] = residuals.of(run.elements[i] - run.predictions[i]);
    }
  }

  @Override
  public void write(Symbols port, Run run, int from, int to) throws DeltaRefusal {
    for (int i = from; i < to; i++) {
      int symbol = run.symbols[i];
      long distance = run.elements[i] - run.predictions[i];
      port.bits(residuals.restBits(symbol), residuals.rest(symbol, distance));
    }
  }

  @Override
  public void read(SymbolReader reader, Run run, int from, int to) throws DeltaRefusal {
    for (int i = from; i < to; i++) {
      int symbol = run.symbols[i];
      int wanted = residuals.restBits(symbol);
      long rest = wanted == 0 ? 0 : reader.bits(wanted);
      run.elements[i] = run.predictions[i] + residuals.distance(symbol, rest);
    }
  }
}
