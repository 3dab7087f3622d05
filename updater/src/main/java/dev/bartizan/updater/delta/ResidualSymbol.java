package dev.bartizan.updater.delta;

/**
 * A signed distance as a symbol and plain bits.
 *
 * <p>The symbol says the sign, the bit length, and of the bits below the leading one as many of the
 * uppermost as there is room for; the others are plain. Symbols ascend with the magnitude; 0 is 0,
 * the others go in pairs, first the positive.
 */
final class ResidualSymbol {
  /** Distances of up to 33 bits: two bits below the leading one. */
  static final ResidualSymbol NARROW = new ResidualSymbol(33, 2);

  /** Whole numbers of up to 33 bits: the length only. */
  static final ResidualSymbol LENGTH = new ResidualSymbol(33, 0);

  /** Distances of up to 64 bits: the length only. */
  static final ResidualSymbol WIDE = new ResidualSymbol(Long.SIZE, 0);

  private final int detailBits;

  /** By length: the least symbol that has it. */
  private final int[] first;

  /** By symbol: the magnitude without its plain bits. */
  private final long[] upper;

  private final byte[] restBits;

  private ResidualSymbol(int lengthMax, int detailBits) {
    this.detailBits = detailBits;
    this.first = new int[lengthMax + 2];
    first[1] = 1;
    for (int length = 1; length <= lengthMax; length++) {
      first[length + 1] = first[length] + (2 << Math.min(length - 1, detailBits));
    }
    this.upper = new long[first[lengthMax + 1]];
    this.restBits = new byte[upper.length];
    for (int length = 1; length <= lengthMax; length++) {
      int rest = Math.max(0, length - 1 - detailBits);
      for (int symbol = first[length]; symbol < first[length + 1]; symbol++) {
        upper[symbol] = (1L << (length - 1)) + ((long) ((symbol - first[length]) >> 1) << rest);
        restBits[symbol] = (byte) rest;
      }
    }
  }

  /** Those of a format's residuals. */
  static ResidualSymbol of(NumberFormat format) {
    return format.size() == Long.SIZE ? WIDE : NARROW;
  }

  /** How many symbols there are. */
  int count() {
    return upper.length;
  }

  int of(long distance) {
    long magnitude = Math.abs(distance);
    int length = Long.SIZE - Long.numberOfLeadingZeros(magnitude);
    if (length == 0) {
      return 0;
    }
    long below = magnitude ^ (1L << (length - 1));
    int detail = (int) (below >>> Math.max(0, length - 1 - detailBits));
    return first[length] + 2 * detail + (distance < 0 ? 1 : 0);
  }

  /** How many plain bits go with a symbol. */
  int restBits(int symbol) {
    return restBits[symbol];
  }

  /** The plain bits of a distance. */
  long rest(int symbol, long distance) {
    return Math.abs(distance) & ((1L << restBits[symbol]) - 1);
  }

  /** The least magnitude that has a symbol. */
  long least(int symbol) {
    return upper[symbol];
  }

  /** The distance again. */
  long distance(int symbol, long rest) {
    long magnitude = upper[symbol] + rest;
    long negative = ~symbol & 1L;
    return (magnitude ^ -negative) + negative;
  }
}
