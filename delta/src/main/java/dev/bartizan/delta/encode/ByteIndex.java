// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.delta.encode;

import dev.bartizan.delta.format.KnownContent;
import dev.bartizan.delta.format.Piece.Copy;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/** Finds where in the base a run of bytes occurs: the hashes of its blocks, each block once. */
final class ByteIndex {
  static final int BLOCK = 32;
  private static final int PIECE = 1 << 20;
  private static final long PRIME = 0x9E3779B97F4A7C15L;

  private final int[] table;
  private final int mask;

  private ByteIndex(int[] table) {
    this.table = table;
    this.mask = table.length - 1;
  }

  /** Indexes some stretches of the base; of very long ones, every so many blocks. */
  static ByteIndex of(KnownContent base, List<Copy> stretches) throws IOException {
    long blocks = stretches.stream().mapToLong(Copy::resultLength).sum() / BLOCK;
    int step = (int) (1 + blocks / (1 << 25));
    int size = Integer.highestOneBit((int) Math.max(16, Math.min(1 << 26, 4 * (blocks / step))));
    ByteIndex index = new ByteIndex(new int[size]);
    Arrays.fill(index.table, -1);
    for (Copy stretch : stretches) {
      long first = (stretch.position() + BLOCK - 1) / BLOCK * BLOCK;
      index.add(base, first, stretch.position() + stretch.resultLength(), BLOCK * step);
    }
    return index;
  }

  private void add(KnownContent base, long from, long to, int step) throws IOException {
    byte[] piece = new byte[PIECE];
    for (long at = from; at + BLOCK <= to; at += PIECE) {
      int length = (int) Math.min(PIECE, to - at);
      base.read(at, ByteBuffer.wrap(piece, 0, length));
      for (int i = 0; i + BLOCK <= length; i += step) {
        int slot = slot(hash(piece, i));
        if (table[slot] < 0) {
          table[slot] = (int) ((at + i) / BLOCK);
        }
      }
    }
  }

  /** Where a block with this hash started in the base, or -1; the bytes may still differ. */
  long find(long hash) {
    int block = table[slot(hash)];
    return block < 0 ? -1 : (long) block * BLOCK;
  }

  private int slot(long hash) {
    return (int) ((hash * PRIME) >>> 38) & mask;
  }

  /** Of the {@link #BLOCK} bytes at {@code at}; {@link #roll} moves it on. */
  static long hash(byte[] content, int at) {
    long hash = 0;
    for (int i = 0; i < BLOCK; i++) {
      hash = hash * MULTIPLIER + content[at + i] + 129;
    }
    return hash;
  }

  static final long MULTIPLIER = 0x5851F42D4C957F2DL;
  private static final long OUT = power();

  static long roll(long hash, byte out, byte in) {
    return (hash - (out + 129) * OUT) * MULTIPLIER + in + 129;
  }

  private static long power() {
    long power = 1;
    for (int i = 1; i < BLOCK; i++) {
      power *= MULTIPLIER;
    }
    return power;
  }
}
