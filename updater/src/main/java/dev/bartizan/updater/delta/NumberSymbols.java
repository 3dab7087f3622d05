package dev.bartizan.updater.delta;

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

  /** Codes the plain bits, the symbols being known; for a reader, that makes the elements. */
  void code(Symbols port, Run run, int count) throws DeltaRefusal;
}
