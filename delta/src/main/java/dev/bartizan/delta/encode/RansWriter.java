// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.delta.encode;

import dev.bartizan.delta.code.Contexts;
import dev.bartizan.delta.code.RansReader;
import java.util.Arrays;

/**
 * Encodes one stream of range asymmetric numeral systems, for four coders that take turns. They
 * work from the last symbol to the first, so what each symbol's slots were is kept until the end.
 */
final class RansWriter {
  private final Contexts contexts;

  /** Last slot and frequency of every symbol, in the order of decoding. */
  private int[] ranges = new int[1 << 10];

  private int count;

  RansWriter(Contexts contexts) {
    this.contexts = contexts;
  }

  void add(int context, int symbol) {
    if (count == ranges.length) {
      ranges = Arrays.copyOf(ranges, 2 * count);
    }
    ranges[count++] = contexts.range(context, symbol);
    contexts.learn(context, symbol);
  }

  /** The stream; nothing at all if it has no symbols. */
  byte[] encode() {
    if (count == 0) {
      return new byte[0];
    }
    byte[] reversed = new byte[Integer.BYTES * count + Long.BYTES * RansReader.CODERS];
    int at = reversed.length;
    long[] states = new long[RansReader.CODERS];
    Arrays.fill(states, RansReader.LOW);
    for (int i = count - 1; i >= 0; i--) {
      int turn = i % RansReader.CODERS;
      long state = states[turn];
      long frequency = ranges[i] & 0xffff;
      if (state >= frequency << (63 - Contexts.BITS)) {
        at = put(reversed, at, state, Integer.BYTES);
        state >>>= Integer.SIZE;
      }
      long first = (ranges[i] >>> 16) + 1 - frequency;
      states[turn] = ((state / frequency) << Contexts.BITS) + state % frequency + first;
    }
    for (int turn = RansReader.CODERS - 1; turn >= 0; turn--) {
      at = put(reversed, at, states[turn], Long.BYTES);
    }
    return Arrays.copyOfRange(reversed, at, reversed.length);
  }

  /** Little-endian, before what is there. */
  private static int put(byte[] target, int end, long value, int width) {
    int at = end - width;
    for (int i = 0; i < width; i++) {
      target[at + i] = (byte) (value >>> (8 * i));
    }
    return at;
  }
}
