// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.delta.code;

import dev.bartizan.delta.format.DeltaRefusal;
import dev.bartizan.delta.format.DeltaRefusal.Reason;
import dev.bartizan.delta.format.LittleEndian;

/**
 * Decodes one stream of range asymmetric numeral systems (rANS; Duda, arXiv:1311.2540).
 *
 * <p>Four coders take turns, one symbol each, and share the stream's words. What a coder says next
 * follows from what it said last, a chain of look-ups a processor has to wait for; with four chains
 * it has other work meanwhile.
 */
public final class RansReader {
  /** The state of a coder that has nothing more to say; below it, it takes in a word. */
  public static final long LOW = 1L << 31;

  /** Coders that take turns in a stream. */
  public static final int CODERS = 4;

  private static final int MASK = Contexts.TOTAL - 1;

  private final Contexts contexts;
  private final int[] oneWanted = new int[1];
  private final int[] oneFound = new int[1];
  private final byte[] payload;
  private int next;
  private final int end;

  /** The coder whose turn it is, and those after it. */
  private long first;

  private long second;
  private long third;
  private long fourth;

  /**
   * @param end where the stream ends; one that is empty says nothing at all
   */
  RansReader(Contexts contexts, byte[] payload, int start, int end) throws DeltaRefusal {
    this.contexts = contexts;
    this.payload = payload;
    this.next = start;
    this.end = end;
    boolean isEmpty = start == end;
    first = isEmpty ? LOW : state();
    second = isEmpty ? LOW : state();
    third = isEmpty ? LOW : state();
    fourth = isEmpty ? LOW : state();
  }

  private long state() throws DeltaRefusal {
    if (next + Long.BYTES > end) {
      throw malformed("a stream that ends before it begins");
    }
    long state = (long) LittleEndian.LONGS.get(payload, next);
    next += Long.BYTES;
    if (state < LOW) {
      throw malformed("a coder's state");
    }
    return state;
  }

  int symbol(int context) throws DeltaRefusal {
    oneWanted[0] = context;
    symbols(oneWanted, oneFound, 0, 1);
    return oneFound[0];
  }

  /**
   * One symbol after the other.
   *
   * @param wanted the contexts
   * @param symbols filled, from {@code from} up to {@code to}
   */
  void symbols(int[] wanted, int[] symbols, int from, int to) throws DeltaRefusal {
    for (int start = from; start < to; ) {
      int stretchEnd = Math.min(to, start + contexts.untilStretchEnd());
      contexts.find(wanted, start, stretchEnd);
      decode(stretchEnd - start);
      contexts.learn(wanted, symbols, start, stretchEnd);
      start = stretchEnd;
    }
  }

  /** Finds the places of the next symbols, from those of their contexts. */
  private void decode(int count) throws DeltaRefusal {
    int[] found = contexts.found;
    int[] hits = contexts.hits;
    int[] ranges = contexts.ranges;
    byte[] lookup = contexts.lookup;
    long one = first;
    long two = second;
    long three = third;
    long four = fourth;
    int i = 0;
    for (; i < count - 3; i += 4) {
      one = step(one, ranges, lookup, found, hits, i);
      two = step(two, ranges, lookup, found, hits, i + 1);
      three = step(three, ranges, lookup, found, hits, i + 2);
      four = step(four, ranges, lookup, found, hits, i + 3);
    }
    for (; i < count; i++) {
      long last = step(one, ranges, lookup, found, hits, i);
      one = two;
      two = three;
      three = four;
      four = last;
    }
    first = one;
    second = two;
    third = three;
    fourth = four;
  }

  /** One symbol of the coder whose state is given; the state it leaves. */
  private long step(long before, int[] ranges, byte[] lookup, int[] found, int[] hits, int i)
      throws DeltaRefusal {
    int place = found[i];
    int slot = (int) before & MASK;
    int symbol = place + (lookup[place + (slot >>> Contexts.LOOKUP_SHIFT)] & 0xff);
    int range = ranges[symbol];
    while (slot > range >>> 16) {
      range = ranges[++symbol];
    }
    hits[i] = symbol;
    // The first slot is the last less the frequency, plus one.
    long frequency = range & 0xffff;
    long state = frequency * ((before >>> Contexts.BITS) + 1) + slot - (range >>> 16) - 1;
    if (state < LOW) {
      state = (state << 32) | word(next);
      next += Integer.BYTES;
    }
    return state;
  }

  private long word(int at) throws DeltaRefusal {
    if (at + Integer.BYTES > end) {
      throw malformed("a stream that ends early");
    }
    return (int) LittleEndian.INTS.get(payload, at) & 0xffff_ffffL;
  }

  /** Whether all of the stream was used, and its coders have nothing more to say. */
  boolean isSpent() {
    return next == end && first == LOW && second == LOW && third == LOW && fourth == LOW;
  }

  private static DeltaRefusal malformed(String detail) {
    return new DeltaRefusal(Reason.MALFORMED, "section: " + detail);
  }
}
