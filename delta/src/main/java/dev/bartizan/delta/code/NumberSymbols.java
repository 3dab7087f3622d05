// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.delta.code;

import dev.bartizan.delta.format.DeltaRefusal;

/** How the numbers of a run become symbols and plain bits, and come back from them. */
sealed interface NumberSymbols permits FloatSymbols, IntegerSymbols {
  /**
   * Finds the contexts of a row's elements.
   *
   * @param at where the row stands in the run
   * @param rowSize the size of a change, in half octaves of a unit, to which a column's is added
   */
  void expect(Run run, int at, int rowSize, int[] columnSizes);

  /** For a writer: finds the symbols of the first {@code count} elements. */
  void choose(Run run, int count);

  /** For a writer: writes the plain bits of a stretch, the symbols being chosen. */
  void write(Symbols port, Run run, int from, int to) throws DeltaRefusal;

  /**
   * For a reader: reads the plain bits of a stretch, the symbols being known, and puts the elements
   * together. It is told apart from writing, and who reads is named, since a call that could go to
   * anybody would cost as much as all the rest.
   */
  void read(SymbolReader reader, Run run, int from, int to) throws DeltaRefusal;
}
