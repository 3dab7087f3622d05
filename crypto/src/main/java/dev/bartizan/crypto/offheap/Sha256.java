// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.offheap;

import java.nio.ByteBuffer;

/**
 * SHA-256 (FIPS 180-4) whose state, schedule and input block lie in memory of the caller's, for
 * messages that are secret. The platform's keeps all three on the heap.
 */
final class Sha256 {
  static final int LENGTH = 32;
  static final int BLOCK = 64;

  /** Bytes of working memory: state, block, schedule. */
  static final int WORKSPACE = LENGTH + BLOCK + 64 * Integer.BYTES;

  private static final int SCHEDULE = LENGTH + BLOCK;

  /** Fractions of the square roots of the first eight primes. */
  private static final int[] START = {
    0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19
  };

  /** Fractions of the cube roots of the first 64 primes. */
  private static final int[] K = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2
  };

  private final ByteBuffer workspace;
  private int filled;
  private long length;

  /** A digest of nothing yet; {@code workspace} is its own until it is finished. */
  Sha256(ByteBuffer workspace) {
    this.workspace = workspace;
    begin();
  }

  /** Forgets what it was given. */
  void begin() {
    for (int i = 0; i < START.length; i++) {
      workspace.putInt(i * Integer.BYTES, START[i]);
    }
    filled = 0;
    length = 0;
  }

  /** Takes all of {@code message}, which is read in place; its position does not move. */
  void update(ByteBuffer message) {
    for (int at = message.position(); at < message.limit(); at++) {
      update(message.get(at));
    }
  }

  void update(byte one) {
    workspace.put(LENGTH + filled, one);
    filled++;
    length++;
    if (filled == BLOCK) {
      compress();
      filled = 0;
    }
  }

  /** Writes the digest to the start of {@code digest}; {@link #begin} starts anew. */
  void finish(ByteBuffer digest) {
    long bits = length * Byte.SIZE;
    update((byte) 0x80);
    while (filled != BLOCK - Long.BYTES) {
      update((byte) 0);
    }
    workspace.putLong(LENGTH + BLOCK - Long.BYTES, bits);
    compress();
    for (int i = 0; i < LENGTH; i++) {
      digest.put(i, workspace.get(i));
    }
  }

  private void compress() {
    expand();
    int a = state(0);
    int b = state(1);
    int c = state(2);
    int d = state(3);
    int e = state(4);
    int f = state(5);
    int g = state(6);
    int h = state(7);
    for (int t = 0; t < K.length; t++) {
      int one = h + sum1(e) + ((e & f) ^ (~e & g)) + K[t] + word(t);
      int two = sum0(a) + ((a & b) ^ (a & c) ^ (b & c));
      h = g;
      g = f;
      f = e;
      e = d + one;
      d = c;
      c = b;
      b = a;
      a = one + two;
    }
    add(0, a);
    add(1, b);
    add(2, c);
    add(3, d);
    add(4, e);
    add(5, f);
    add(6, g);
    add(7, h);
  }

  private void expand() {
    for (int t = 0; t < BLOCK / Integer.BYTES; t++) {
      word(t, workspace.getInt(LENGTH + t * Integer.BYTES));
    }
    for (int t = BLOCK / Integer.BYTES; t < K.length; t++) {
      word(t, sigma1(word(t - 2)) + word(t - 7) + sigma0(word(t - 15)) + word(t - 16));
    }
  }

  private int state(int i) {
    return workspace.getInt(i * Integer.BYTES);
  }

  private void add(int i, int value) {
    workspace.putInt(i * Integer.BYTES, state(i) + value);
  }

  private int word(int t) {
    return workspace.getInt(SCHEDULE + t * Integer.BYTES);
  }

  private void word(int t, int value) {
    workspace.putInt(SCHEDULE + t * Integer.BYTES, value);
  }

  private static int sum0(int x) {
    return turn(x, 2) ^ turn(x, 13) ^ turn(x, 22);
  }

  private static int sum1(int x) {
    return turn(x, 6) ^ turn(x, 11) ^ turn(x, 25);
  }

  private static int sigma0(int x) {
    return turn(x, 7) ^ turn(x, 18) ^ (x >>> 3);
  }

  private static int sigma1(int x) {
    return turn(x, 17) ^ turn(x, 19) ^ x >>> 10;
  }

  private static int turn(int x, int right) {
    return Integer.rotateRight(x, right);
  }
}
