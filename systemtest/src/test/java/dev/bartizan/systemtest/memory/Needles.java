// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.memory;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;

/** Byte strings of one length, to be found at any position of much else. */
final class Needles {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  /** Below that a run of a model is zeros or a pattern, which anything may hold. */
  private static final int DISTINCT = 12;

  private static final int RUN = 32;
  private static final int PIECE = 16;

  /** Bits of the filter's index: it stays in a core's cache, and sends most positions away. */
  private static final int FILTER = 20;

  private final int length;
  private final long[] filter = new long[(1 << FILTER) / Long.SIZE];
  private final long[] prefixes;
  private final byte[][] needles;
  private final int mask;

  private Needles(int length, List<byte[]> all) {
    int slots = Integer.highestOneBit(Math.max(8, all.size()) * 4);
    this.length = length;
    this.prefixes = new long[slots];
    this.needles = new byte[slots][];
    this.mask = slots - 1;
    all.forEach(this::add);
  }

  /**
   * Every 64-byte run of these contents, wherever it starts: each has one of these 32-byte blocks.
   */
  static Needles runsOf(List<byte[]> contents) {
    List<byte[]> runs = new ArrayList<>();
    for (byte[] content : contents) {
      for (int at = 0; at + RUN <= content.length; at += RUN) {
        byte[] run = Arrays.copyOfRange(content, at, at + RUN);
        if (distinct(run) >= DISTINCT) {
          runs.add(run);
        }
      }
    }
    return new Needles(RUN, runs);
  }

  /**
   * A key in every shape in which programs hold one: as it is, as words of the machine's order, as
   * the pads of an HMAC, as text; by halves, for ciphers keep it in rows.
   */
  static Needles shapesOf(byte[]... keys) {
    List<byte[]> pieces = new ArrayList<>();
    for (byte[] key : keys) {
      for (byte pad : new byte[] {0, 0x36, 0x5c}) {
        byte[] padded = key.clone();
        for (int i = 0; i < padded.length; i++) {
          padded[i] ^= pad;
        }
        addPieces(padded, pieces);
        addPieces(swapped(padded, Integer.BYTES), pieces);
        addPieces(swapped(padded, Long.BYTES), pieces);
      }
      addPieces(HexFormat.of().formatHex(key).getBytes(StandardCharsets.US_ASCII), pieces);
      addPieces(Base64.getEncoder().encode(key), pieces);
      addPieces(Base64.getUrlEncoder().encode(key), pieces);
    }
    return new Needles(PIECE, pieces);
  }

  private static void addPieces(byte[] bytes, List<byte[]> pieces) {
    for (int at = 0; at + PIECE <= bytes.length; at += PIECE) {
      pieces.add(Arrays.copyOfRange(bytes, at, at + PIECE));
    }
  }

  private static byte[] swapped(byte[] bytes, int word) {
    byte[] swapped = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      swapped[i] = bytes[i / word * word + word - 1 - i % word];
    }
    return swapped;
  }

  private static long distinct(byte[] run) {
    boolean[] seen = new boolean[256];
    for (byte one : run) {
      seen[one & 0xff] = true;
    }
    long count = 0;
    for (boolean there : seen) {
      count += there ? 1 : 0;
    }
    return count;
  }

  private void add(byte[] needle) {
    long prefix = (long) LONGS.get(needle, 0);
    int slot = slot(prefix);
    while (needles[slot] != null) {
      slot = (slot + 1) & mask;
    }
    prefixes[slot] = prefix;
    needles[slot] = needle;
    int bit = bit(prefix);
    filter[bit / Long.SIZE] |= 1L << bit;
  }

  private int slot(long prefix) {
    return (int) (mixed(prefix) >>> 20) & mask;
  }

  private static int bit(long prefix) {
    return (int) (mixed(prefix) >>> (Long.SIZE - FILTER));
  }

  private static long mixed(long prefix) {
    return prefix * 0x9e3779b97f4a7c15L;
  }

  /** The bytes of one needle: how far two windows must overlap to miss none. */
  int length() {
    return length;
  }

  /** How many positions of the first {@code count} bytes hold a needle. */
  int countIn(byte[] window, int count) {
    int found = 0;
    for (int at = 0; at + length <= count; at++) {
      long prefix = (long) LONGS.get(window, at);
      int bit = bit(prefix);
      if ((filter[bit / Long.SIZE] & (1L << bit)) == 0) {
        continue;
      }
      for (int slot = slot(prefix); needles[slot] != null; slot = (slot + 1) & mask) {
        if (prefixes[slot] == prefix && isAt(needles[slot], window, at)) {
          found++;
          break;
        }
      }
    }
    return found;
  }

  private boolean isAt(byte[] needle, byte[] window, int at) {
    return Arrays.equals(needle, 0, length, window, at, at + length);
  }

  int countIn(byte[] content) {
    return countIn(content, content.length);
  }

  /** A way to read bytes in order; less than 1 at the end. */
  @FunctionalInterface
  interface Source {
    int read(ByteBuffer target) throws java.io.IOException;
  }

  /** The same over a source of any length. */
  int countIn(Source source) throws java.io.IOException {
    byte[] window = new byte[1 << 20];
    int held = 0;
    int found = 0;
    for (int read = 0; read >= 0; ) {
      read = source.read(ByteBuffer.wrap(window, held, window.length - held));
      held += Math.max(0, read);
      if (held == window.length || read < 1) {
        found += countIn(window, held);
        int kept = Math.min(held, length - 1);
        System.arraycopy(window, held - kept, window, 0, kept);
        held = kept;
      }
      if (read == 0) {
        break;
      }
    }
    return found;
  }
}
