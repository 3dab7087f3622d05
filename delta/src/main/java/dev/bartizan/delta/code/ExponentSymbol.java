// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.delta.code;

import dev.bartizan.delta.format.NumberFormat;

/**
 * A float as a symbol and plain bits: its exponent, seen from one that is expected, the two upper
 * bits of its mantissa, and whether the sign is another than expected; the others are plain.
 */
final class ExponentSymbol {
  /** How many symbols there are. */
  static final int COUNT = 244;

  /** Exponents below the expected one that have symbols. */
  static final int BELOW = 21;

  /** Bits of the mantissa in a symbol. */
  static final int DETAIL_BITS = 2;

  /** Zero, with the sign that is expected. */
  static final int ZERO = 240;

  /** What is too small, or too far from what was expected: all of its bits are plain. */
  private static final int OTHER = 242;

  private final int mantissa;
  private final int bias;
  private final int magnitudeBits;

  ExponentSymbol(NumberFormat format) {
    this.mantissa = format.mantissa();
    this.bias = format.bias();
    this.magnitudeBits = format.size() - 1;
  }

  /**
   * @param size expected, in half octaves
   * @param turned 1 where the sign is another than expected, else 0
   */
  int of(long magnitude, int size, int turned) {
    if (magnitude == 0) {
      return ZERO + turned;
    }
    long relative = (magnitude >>> (mantissa - DETAIL_BITS)) - least(size);
    boolean isNormal = magnitude >>> mantissa > 0;
    return isNormal && relative >= 0 && relative < ZERO / 2
        ? 2 * (int) relative + turned
        : OTHER + turned;
  }

  /** The upper bits, exponent and detail, of the least magnitude with a symbol of its own. */
  private long least(int size) {
    return (long) ((size >> 1) + bias - BELOW) << DETAIL_BITS;
  }

  static int turned(int symbol) {
    return symbol & 1;
  }

  int restBits(int symbol) {
    return symbol < ZERO ? mantissa - DETAIL_BITS : symbol < OTHER ? 0 : magnitudeBits;
  }

  /** The magnitude again. */
  long magnitude(int symbol, int size, long rest) {
    long upper = symbol < ZERO ? (symbol >> 1) + least(size) : 0;
    return (upper << (mantissa - DETAIL_BITS)) | rest;
  }
}
