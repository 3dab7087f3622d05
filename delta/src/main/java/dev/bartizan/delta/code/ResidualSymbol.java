// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.delta.code;

import dev.bartizan.delta.format.NumberFormat;

/**
 * A signed distance as a symbol and plain bits: the sign is in the symbol, since of what goes one
 * way mostly more follows. 0 is 0, then symbols go in pairs, the positive one first.
 */
final class ResidualSymbol {
  /** Distances of up to 33 bits: two bits below the leading one. */
  static final ResidualSymbol NARROW = new ResidualSymbol(new MagnitudeSymbol(33, 2));

  /** Whole numbers of up to 33 bits: the length only. */
  static final ResidualSymbol LENGTH = new ResidualSymbol(new MagnitudeSymbol(33, 0));

  /** Distances of up to 64 bits: the length only. */
  static final ResidualSymbol WIDE = new ResidualSymbol(MagnitudeSymbol.WIDE);

  private final MagnitudeSymbol magnitudes;

  private ResidualSymbol(MagnitudeSymbol magnitudes) {
    this.magnitudes = magnitudes;
  }

  /** Those of an integer format's residuals. */
  static ResidualSymbol of(NumberFormat format) {
    return format.size() == Long.SIZE ? WIDE : NARROW;
  }

  MagnitudeSymbol magnitudes() {
    return magnitudes;
  }

  /** How many symbols there are. */
  int count() {
    return 2 * magnitudes.count() - 1;
  }

  int of(long distance) {
    int symbol = magnitudes.of(Math.abs(distance));
    return symbol == 0 ? 0 : 2 * symbol - (distance < 0 ? 0 : 1);
  }

  /** The symbol of the magnitude. */
  static int magnitude(int symbol) {
    return (symbol + 1) >> 1;
  }

  /** How many plain bits go with a symbol. */
  int restBits(int symbol) {
    return magnitudes.restBits(magnitude(symbol));
  }

  /** The plain bits of a distance. */
  long rest(int symbol, long distance) {
    return magnitudes.rest(magnitude(symbol), Math.abs(distance));
  }

  /** The distance again. */
  long distance(int symbol, long rest) {
    long magnitude = magnitudes.least(magnitude(symbol)) + rest;
    long negative = ~symbol & 1L;
    return (magnitude ^ -negative) + negative;
  }
}
