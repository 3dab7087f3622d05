// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.deltas;

/** How a coder writes a number, given its predecessor; both as bits in the low end of a long. */
interface Numbers {
  /** What to write. */
  long code(long old, long next, int bits, boolean floats);

  /** The number again. */
  long number(long old, long code, int bits, boolean floats);

  /** BitX: what is equal in both becomes zero. */
  Numbers XOR =
      new Numbers() {
        @Override
        public long code(long old, long next, int bits, boolean floats) {
          return old ^ next;
        }

        @Override
        public long number(long old, long code, int bits, boolean floats) {
          return old ^ code;
        }
      };

  /** FM-Delta: the difference of the numbers' ranks, small steps of either sign becoming small. */
  Numbers ORDERED =
      new Numbers() {
        @Override
        public long code(long old, long next, int bits, boolean floats) {
          long step = rank(next, bits, floats) - rank(old, bits, floats);
          long signed = step << (64 - bits) >> (64 - bits);
          return ((signed << 1) ^ (signed >> 63)) & mask(bits);
        }

        @Override
        public long number(long old, long code, int bits, boolean floats) {
          long step = (code >>> 1) ^ -(code & 1);
          return ofRank((rank(old, bits, floats) + step) & mask(bits), bits, floats);
        }
      };

  /** Without a predecessor: a float's exponent in a byte of its own, its sign at the low end. */
  Numbers ALONE =
      new Numbers() {
        @Override
        public long code(long old, long next, int bits, boolean floats) {
          return floats ? ((next << 1) | (next >>> (bits - 1))) & mask(bits) : next;
        }

        @Override
        public long number(long old, long code, int bits, boolean floats) {
          return floats ? (code >>> 1) | ((code & 1) << (bits - 1)) : code;
        }
      };

  /** Where a number stands among all of its format, from the most negative on. */
  private static long rank(long number, int bits, boolean floats) {
    long sign = 1L << (bits - 1);
    boolean negative = (number & sign) != 0;
    return floats && negative ? ~number & mask(bits) : number ^ sign;
  }

  private static long ofRank(long rank, int bits, boolean floats) {
    long sign = 1L << (bits - 1);
    boolean negative = (rank & sign) == 0;
    return floats && negative ? ~rank & mask(bits) : rank ^ sign;
  }

  private static long mask(int bits) {
    return -1L >>> (64 - bits);
  }
}
