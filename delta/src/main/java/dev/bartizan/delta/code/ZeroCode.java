// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.delta.code;

import dev.bartizan.delta.format.DeltaRefusal;
import dev.bartizan.delta.format.NumberFormat;

/**
 * Which elements are zero, said for a whole run before what the others are: pruning sets weights to
 * zero, mostly the small ones. Both zeros count: it multiplies by a mask and leaves the sign.
 */
final class ZeroCode {
  private final Symbols port;
  private final NumberFormat format;

  /** For floats: the upper bits of the largest prediction. */
  private final int reference;

  /** All ones for floats, which have a zero of each sign. */
  private final long signs;

  /** Of each element: whether it is not zero (0), or which zero. */
  private final int[] zeros;

  private final int[] contexts;
  private final int[] others;

  ZeroCode(Symbols port, NumberFormat format, int reference, int most) {
    this.port = port;
    this.format = format;
    this.reference = reference;
    this.signs = format.isFloat() ? -1 : 0;
    this.zeros = new int[most];
    this.contexts = new int[most];
    this.others = new int[most];
  }

  /**
   * Codes which elements are zero, then the symbols of the others; those of zeros leave nothing
   * open.
   */
  void code(Run run, int count) throws DeltaRefusal {
    for (int i = 0; i < count; i++) {
      contexts[i] = context(run.predictions[i]);
      zeros[i] = port.isReading() ? 0 : zero(run.predictions[i], run.elements[i]);
    }
    port.symbols(contexts, zeros, 0, count);
    int found = 0;
    for (int i = 0; i < count; i++) {
      contexts[found] = run.contexts[i];
      others[found] = run.symbols[i];
      found += zeros[i] == 0 ? 1 : 0;
    }
    port.symbols(contexts, others, 0, found);
    for (int i = count - 1; i >= 0; i--) {
      run.symbols[i] = zeros[i] == 0 ? others[--found] : nothing(run.contexts[i]);
    }
  }

  /** Puts the zeros back. */
  void restore(Run run, int count) {
    for (int i = 0; i < count; i++) {
      long like = run.predictions[i] >> 63 & signs;
      long zero = zeros[i] == 1 ? like : ~like & signs;
      run.elements[i] = zeros[i] == 0 ? run.elements[i] : zero;
    }
  }

  /** 1 for the zero of the prediction's sign, 2 for the other, 0 for none. */
  private int zero(long prediction, long element) {
    long like = prediction >> 63 & signs;
    return element == like ? 1 : element == (~like & signs) ? 2 : 0;
  }

  private static int nothing(int context) {
    return FloatSymbols.isByExponent(context) ? ExponentSymbol.ZERO : 0;
  }

  /** By sign and size of the prediction, in eighths of an octave below the largest. */
  private int context(long prediction) {
    int first = SymbolContexts.ZEROS + (prediction < 0 ? SymbolContexts.ZERO_CONTEXTS / 2 : 0);
    int most = SymbolContexts.ZERO_CONTEXTS / 2 - 1;
    long magnitude = FloatSymbols.magnitude(prediction);
    if (magnitude == 0) {
      return first + most;
    }
    long below = format.isFloat() ? reference - (magnitude >>> (format.mantissa() - 3)) : magnitude;
    return first + (int) Math.max(0, Math.min(most - 1, below));
  }
}
