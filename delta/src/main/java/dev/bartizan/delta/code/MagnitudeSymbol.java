// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.delta.code;

import dev.bartizan.delta.format.NumberFormat;

/**
 * A magnitude as a symbol and plain bits.
 *
 * <p>The symbol says the bit length, and of the bits below the leading one as many of the uppermost
 * as there is room for; the others are plain. Symbols ascend with the magnitude, from 0 for 0.
 */
final class MagnitudeSymbol {
  /** Of distances between floats of up to 32 bits. */
  static final MagnitudeSymbol NARROW = new MagnitudeSymbol(33, 1);

  /** Of distances of up to 64 bits. */
  static final MagnitudeSymbol WIDE = new MagnitudeSymbol(Long.SIZE, 0);

  private final int detailBits;

  /** By length: the least symbol that has it. */
  private final int[] first;

  /** By symbol: the magnitude without its plain bits. */
  private final long[] upper;

  private final byte[] restBits;

  MagnitudeSymbol(int lengthMax, int detailBits) {
    this.detailBits = detailBits;
    this.first = new int[lengthMax + 2];
    first[1] = 1;
    for (int length = 1; length <= lengthMax; length++) {
      first[length + 1] = first[length] + (1 << Math.min(length - 1, detailBits));
    }
    this.upper = new long[first[lengthMax + 1]];
    this.restBits = new byte[upper.length];
    for (int length = 1; length <= lengthMax; length++) {
      int rest = Math.max(0, length - 1 - detailBits);
      for (int symbol = first[length]; symbol < first[length + 1]; symbol++) {
        upper[symbol] = (1L << (length - 1)) + ((long) (symbol - first[length]) << rest);
        restBits[symbol] = (byte) rest;
      }
    }
  }

  /** Those of a float format's distances. */
  static MagnitudeSymbol of(NumberFormat format) {
    return format.size() == Long.SIZE ? WIDE : NARROW;
  }

  /** How many symbols there are. */
  int count() {
    return upper.length;
  }

  /**
   * The symbol of a magnitude.
   *
   * @param magnitude unsigned: all of its 64 bits count
   */
  int of(long magnitude) {
    int length = Long.SIZE - Long.numberOfLeadingZeros(magnitude);
    if (length == 0) {
      return 0;
    }
    long below = magnitude ^ (1L << (length - 1));
    return first[length] + (int) (below >>> Math.max(0, length - 1 - detailBits));
  }

  /** How many plain bits go with a symbol. */
  int restBits(int symbol) {
    return restBits[symbol];
  }

  /** The plain bits of a magnitude. */
  long rest(int symbol, long magnitude) {
    return magnitude & ((1L << restBits[symbol]) - 1);
  }

  /** The least magnitude that has a symbol. */
  long least(int symbol) {
    return upper[symbol];
  }
}
