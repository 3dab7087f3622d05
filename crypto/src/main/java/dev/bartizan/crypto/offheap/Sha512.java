// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.offheap;

import java.nio.ByteBuffer;

/**
 * SHA-512 (FIPS 180-4) whose state, schedule and input block lie in memory of the caller's, for
 * messages that are secret. The platform's keeps all three on the heap.
 */
final class Sha512 {
  static final int LENGTH = 64;
  static final int BLOCK = 128;

  /** Bytes of working memory: state, block, schedule. */
  static final int WORKSPACE = LENGTH + BLOCK + 80 * Long.BYTES;

  private static final int SCHEDULE = LENGTH + BLOCK;

  /** Fractions of the square roots of the first eight primes. */
  private static final long[] START = {
    0x6a09e667f3bcc908L, 0xbb67ae8584caa73bL, 0x3c6ef372fe94f82bL, 0xa54ff53a5f1d36f1L,
    0x510e527fade682d1L, 0x9b05688c2b3e6c1fL, 0x1f83d9abfb41bd6bL, 0x5be0cd19137e2179L
  };

  /** Fractions of the cube roots of the first 80 primes. */
  private static final long[] K = {
    0x428a2f98d728ae22L, 0x7137449123ef65cdL, 0xb5c0fbcfec4d3b2fL, 0xe9b5dba58189dbbcL,
    0x3956c25bf348b538L, 0x59f111f1b605d019L, 0x923f82a4af194f9bL, 0xab1c5ed5da6d8118L,
    0xd807aa98a3030242L, 0x12835b0145706fbeL, 0x243185be4ee4b28cL, 0x550c7dc3d5ffb4e2L,
    0x72be5d74f27b896fL, 0x80deb1fe3b1696b1L, 0x9bdc06a725c71235L, 0xc19bf174cf692694L,
    0xe49b69c19ef14ad2L, 0xefbe4786384f25e3L, 0x0fc19dc68b8cd5b5L, 0x240ca1cc77ac9c65L,
    0x2de92c6f592b0275L, 0x4a7484aa6ea6e483L, 0x5cb0a9dcbd41fbd4L, 0x76f988da831153b5L,
    0x983e5152ee66dfabL, 0xa831c66d2db43210L, 0xb00327c898fb213fL, 0xbf597fc7beef0ee4L,
    0xc6e00bf33da88fc2L, 0xd5a79147930aa725L, 0x06ca6351e003826fL, 0x142929670a0e6e70L,
    0x27b70a8546d22ffcL, 0x2e1b21385c26c926L, 0x4d2c6dfc5ac42aedL, 0x53380d139d95b3dfL,
    0x650a73548baf63deL, 0x766a0abb3c77b2a8L, 0x81c2c92e47edaee6L, 0x92722c851482353bL,
    0xa2bfe8a14cf10364L, 0xa81a664bbc423001L, 0xc24b8b70d0f89791L, 0xc76c51a30654be30L,
    0xd192e819d6ef5218L, 0xd69906245565a910L, 0xf40e35855771202aL, 0x106aa07032bbd1b8L,
    0x19a4c116b8d2d0c8L, 0x1e376c085141ab53L, 0x2748774cdf8eeb99L, 0x34b0bcb5e19b48a8L,
    0x391c0cb3c5c95a63L, 0x4ed8aa4ae3418acbL, 0x5b9cca4f7763e373L, 0x682e6ff3d6b2b8a3L,
    0x748f82ee5defb2fcL, 0x78a5636f43172f60L, 0x84c87814a1f0ab72L, 0x8cc702081a6439ecL,
    0x90befffa23631e28L, 0xa4506cebde82bde9L, 0xbef9a3f7b2c67915L, 0xc67178f2e372532bL,
    0xca273eceea26619cL, 0xd186b8c721c0c207L, 0xeada7dd6cde0eb1eL, 0xf57d4f7fee6ed178L,
    0x06f067aa72176fbaL, 0x0a637dc5a2c898a6L, 0x113f9804bef90daeL, 0x1b710b35131c471bL,
    0x28db77f523047d84L, 0x32caab7b40c72493L, 0x3c9ebe0a15c9bebcL, 0x431d67c49c100d4cL,
    0x4cc5d4becb3e42b6L, 0x597f299cfc657e2aL, 0x5fcb6fab3ad6faecL, 0x6c44198c4a475817L
  };

  private final ByteBuffer workspace;
  private int filled;
  private long length;

  /** A digest of nothing yet; {@code workspace} is its own until it is finished. */
  Sha512(ByteBuffer workspace) {
    this.workspace = workspace;
    begin();
  }

  /** Forgets what it was given. */
  void begin() {
    for (int i = 0; i < START.length; i++) {
      workspace.putLong(i * Long.BYTES, START[i]);
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
    while (filled != BLOCK - 2 * Long.BYTES) {
      update((byte) 0);
    }
    workspace.putLong(LENGTH + BLOCK - 2 * Long.BYTES, 0);
    workspace.putLong(LENGTH + BLOCK - Long.BYTES, bits);
    compress();
    for (int i = 0; i < LENGTH; i++) {
      digest.put(i, workspace.get(i));
    }
  }

  private void compress() {
    expand();
    long a = state(0);
    long b = state(1);
    long c = state(2);
    long d = state(3);
    long e = state(4);
    long f = state(5);
    long g = state(6);
    long h = state(7);
    for (int t = 0; t < K.length; t++) {
      long one = h + sum1(e) + ((e & f) ^ (~e & g)) + K[t] + word(t);
      long two = sum0(a) + ((a & b) ^ (a & c) ^ (b & c));
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
    for (int t = 0; t < BLOCK / Long.BYTES; t++) {
      word(t, workspace.getLong(LENGTH + t * Long.BYTES));
    }
    for (int t = BLOCK / Long.BYTES; t < K.length; t++) {
      word(t, sigma1(word(t - 2)) + word(t - 7) + sigma0(word(t - 15)) + word(t - 16));
    }
  }

  private long state(int i) {
    return workspace.getLong(i * Long.BYTES);
  }

  private void add(int i, long value) {
    workspace.putLong(i * Long.BYTES, state(i) + value);
  }

  private long word(int t) {
    return workspace.getLong(SCHEDULE + t * Long.BYTES);
  }

  private void word(int t, long value) {
    workspace.putLong(SCHEDULE + t * Long.BYTES, value);
  }

  private static long sum0(long x) {
    return turn(x, 28) ^ turn(x, 34) ^ turn(x, 39);
  }

  private static long sum1(long x) {
    return turn(x, 14) ^ turn(x, 18) ^ turn(x, 41);
  }

  private static long sigma0(long x) {
    return turn(x, 1) ^ turn(x, 8) ^ (x >>> 7);
  }

  private static long sigma1(long x) {
    return turn(x, 19) ^ turn(x, 61) ^ (x >>> 6);
  }

  private static long turn(long x, int right) {
    return Long.rotateRight(x, right);
  }
}
