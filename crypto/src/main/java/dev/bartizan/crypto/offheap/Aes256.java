// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.offheap;

import java.nio.ByteBuffer;

/**
 * The inverse cipher of AES-256 (FIPS 197) with its key schedule in memory of the caller's. For the
 * few blocks that a wrapped key has: not for bulk, and not against who measures the cache.
 */
final class Aes256 {
  static final int KEY = 32;
  static final int BLOCK = 16;

  /** Bytes of working memory: the round keys. */
  static final int WORKSPACE = 15 * BLOCK;

  private static final int ROUNDS = 14;
  private static final int COLUMNS = 4;
  private static final int KEY_WORDS = 8;

  private static final int[] SBOX = new int[256];
  private static final int[] INVERSE = new int[256];

  /** One column of the inverse MixColumns behind the inverse S-box, as word: 14, 9, 13, 11. */
  private static final int[] COLUMN = new int[256];

  static {
    // Walks the multiplicative group: p by powers of 3, q by those of its inverse.
    int p = 1;
    int q = 1;
    do {
      p = p ^ twice(p);
      q ^= q << 1;
      q ^= q << 2;
      q ^= q << 4;
      q &= 0xff;
      q ^= (q & 0x80) == 0 ? 0 : 0x09;
      SBOX[p] = (q ^ turn8(q, 1) ^ turn8(q, 2) ^ turn8(q, 3) ^ turn8(q, 4) ^ 0x63) & 0xff;
    } while (p != 1);
    SBOX[0] = 0x63;
    for (int i = 0; i < SBOX.length; i++) {
      INVERSE[SBOX[i]] = i;
    }
    for (int i = 0; i < COLUMN.length; i++) {
      COLUMN[i] = mixed(INVERSE[i]);
    }
  }

  private final ByteBuffer keys;

  /** Expands {@code key}, its first 32 bytes, into {@code workspace}. */
  Aes256(ByteBuffer key, ByteBuffer workspace) {
    this.keys = workspace;
    for (int i = 0; i < KEY_WORDS; i++) {
      word(i, key.getInt(i * Integer.BYTES));
    }
    int constant = 1;
    for (int i = KEY_WORDS; i < COLUMNS * (ROUNDS + 1); i++) {
      int previous = word(i - 1);
      if (i % KEY_WORDS == 0) {
        previous = substitute(Integer.rotateLeft(previous, 8)) ^ constant << 24;
        constant = twice(constant);
      } else if (i % KEY_WORDS == COLUMNS) {
        previous = substitute(previous);
      }
      word(i, word(i - KEY_WORDS) ^ previous);
    }
    // The equivalent inverse cipher (FIPS 197, 5.3.5) wants the inner round keys mixed.
    for (int i = COLUMNS; i < COLUMNS * ROUNDS; i++) {
      word(i, unmix(word(i)));
    }
  }

  /** Decrypts the block at {@code at}, in place. */
  void decrypt(ByteBuffer data, int at) {
    int a = data.getInt(at) ^ word(COLUMNS * ROUNDS);
    int b = data.getInt(at + 4) ^ word(COLUMNS * ROUNDS + 1);
    int c = data.getInt(at + 8) ^ word(COLUMNS * ROUNDS + 2);
    int d = data.getInt(at + 12) ^ word(COLUMNS * ROUNDS + 3);
    for (int round = ROUNDS - 1; round > 0; round--) {
      int key = round * COLUMNS;
      int first = mixed(a, d, c, b) ^ word(key);
      int second = mixed(b, a, d, c) ^ word(key + 1);
      int third = mixed(c, b, a, d) ^ word(key + 2);
      d = mixed(d, c, b, a) ^ word(key + 3);
      a = first;
      b = second;
      c = third;
    }
    data.putInt(at, last(a, d, c, b) ^ word(0));
    data.putInt(at + 4, last(b, a, d, c) ^ word(1));
    data.putInt(at + 8, last(c, b, a, d) ^ word(2));
    data.putInt(at + 12, last(d, c, b, a) ^ word(3));
  }

  /** One output column: row r of it comes from the r-th argument (inverse ShiftRows). */
  private static int mixed(int row0, int row1, int row2, int row3) {
    return COLUMN[row0 >>> 24]
        ^ Integer.rotateRight(COLUMN[row1 >>> 16 & 0xff], 8)
        ^ Integer.rotateRight(COLUMN[row2 >>> 8 & 0xff], 16)
        ^ Integer.rotateRight(COLUMN[row3 & 0xff], 24);
  }

  private static int last(int row0, int row1, int row2, int row3) {
    return INVERSE[row0 >>> 24] << 24
        ^ INVERSE[row1 >>> 16 & 0xff] << 16
        ^ INVERSE[row2 >>> 8 & 0xff] << 8
        ^ INVERSE[row3 & 0xff];
  }

  private static int unmix(int column) {
    int plain = substitute(column); // COLUMN undoes this substitution on its way
    return mixed(plain, plain, plain, plain);
  }

  private static int substitute(int word) {
    return SBOX[word >>> 24] << 24
        ^ SBOX[word >>> 16 & 0xff] << 16
        ^ SBOX[word >>> 8 & 0xff] << 8
        ^ SBOX[word & 0xff];
  }

  private static int mixed(int b) {
    int two = twice(b);
    int four = twice(two);
    int eight = twice(four);
    return (eight ^ four ^ two) << 24
        ^ (eight ^ b) << 16
        ^ (eight ^ four ^ b) << 8
        ^ eight
        ^ two
        ^ b;
  }

  /** Times x, in GF(2^8). */
  private static int twice(int b) {
    return (b << 1 ^ ((b & 0x80) == 0 ? 0 : 0x11b)) & 0xff;
  }

  private static int turn8(int b, int left) {
    return (b << left) | (b >>> (8 - left));
  }

  private int word(int i) {
    return keys.getInt(i * Integer.BYTES);
  }

  private void word(int i, int value) {
    keys.putInt(i * Integer.BYTES, value);
  }
}
