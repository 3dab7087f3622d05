// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.delta.code;

import dev.bartizan.delta.format.LittleEndian;
import java.util.Arrays;

/**
 * What has been seen so far of the symbols of each context, as frequencies for an entropy coder.
 *
 * <p>Encoder and decoder learn alike: both count a symbol after it was coded, and both make new
 * frequencies of the counts at the same moments, further and further apart. So no tables travel. A
 * context starts from what its {@link Expectation} says. New frequencies are made only after whole
 * stretches of symbols, never within one: a decoder can work through a stretch without looking
 * whether anything has changed.
 *
 * <p>Frequencies of a context add up to {@link #TOTAL}; all are at least 1, so any symbol can be
 * coded at any time. A symbol is looked up by the upper eight bits of its slot, then by walking.
 */
public final class Contexts {
  /** Bits of a frequency. */
  public static final int BITS = 16;

  public static final int TOTAL = 1 << BITS;

  /** A slot's upper bits say where to look for its symbol. */
  static final int LOOKUP_SHIFT = BITS - 8;

  private static final int BUCKETS = TOTAL >> LOOKUP_SHIFT;

  /** What a symbol adds to its count. */
  static final int SEEN = 32;

  /** From one context's place to the next: not a power of two, or all would share cache lines. */
  private static final int STRIDE = 256 + 16;

  /** Room for a few contexts at first, and for how many it is kept at most. */
  private static final int FEW = 16 * STRIDE;

  private static final int KEPT_MAX = 1024 * STRIDE;

  private static final int COUNTS_MAX = 1 << 22;
  private static final int FIRST_PAUSE = 4;
  private static final int PAUSE_MAX = 1 << 13;
  private static final int FIRST_STRETCH = 16;
  private static final int STRETCH_MAX = 256;

  /** Where a context's numbers are in the next three; 0 for one that was never used. */
  private final int[] places;

  /** Last slot (upper half) and frequency (lower half) of each symbol. */
  int[] ranges = new int[FEW];

  /**
   * How often each was seen, in units of {@link #SEEN}; and in front of a context's first, close by
   * because both are needed, how many symbols there are until it is due for new frequencies.
   */
  private int[] counts = new int[FEW];

  /** The symbol in which a 256th of the slots begins. */
  byte[] lookup = new byte[FEW];

  /** Of the stretch under way: the places of its contexts. */
  final int[] found = new int[STRETCH_MAX];

  /** And of its symbols, which a decoder puts here. */
  final int[] hits = new int[STRETCH_MAX];

  private final int[] sizes;
  private final Expectation expectation;
  private final int[] totals;
  private final int[] pause;

  /** By context: from this symbol on, none was seen or expected. */
  private final int[] used;

  private int nextPlace;

  /** Contexts whose frequencies are to be made anew at the stretch's end. */
  private final int[] due = new int[STRETCH_MAX];

  private int dueCount;
  private int seen;
  private int stretchEnd;

  /** What is known of a context before anything was seen in it. */
  public interface Expectation {
    /**
     * Fills in a weight for each symbol, 32 for one that has been seen once; 0 is allowed.
     *
     * @param weights all 0
     */
    void of(int context, int[] weights);
  }

  /**
   * @param sizes how many symbols each context has, at least 2 and at most 256
   */
  public Contexts(int[] sizes, Expectation expectation) {
    this.sizes = sizes;
    this.expectation = expectation;
    this.places = new int[sizes.length];
    this.totals = new int[sizes.length];
    this.pause = new int[sizes.length];
    this.used = new int[sizes.length];
    forget();
  }

  /** Makes all contexts new. */
  public void forget() {
    if (ranges.length > KEPT_MAX) {
      ranges = new int[FEW];
      counts = new int[FEW];
      lookup = new byte[FEW];
    }
    Arrays.fill(places, 0);
    Arrays.fill(totals, 0);
    Arrays.fill(used, 0);
    nextPlace = STRIDE;
    dueCount = 0;
    seen = 0;
    stretchEnd = FIRST_STRETCH;
  }

  /** Last slot, shifted by 16, and frequency, of a context's symbol. */
  public int range(int context, int symbol) {
    // In a line of its own: finding a place may put another array where the ranges were.
    int place = place(context);
    return ranges[place + symbol];
  }

  private int place(int context) {
    if (places[context] == 0) {
      begin(context);
    }
    return places[context];
  }

  /** Makes a place for a context that was never used. */
  private void begin(int context) {
    int place = nextPlace;
    nextPlace += STRIDE;
    if (nextPlace > ranges.length) {
      ranges = Arrays.copyOf(ranges, 2 * ranges.length);
      counts = Arrays.copyOf(counts, ranges.length);
      lookup = Arrays.copyOf(lookup, ranges.length);
    }
    places[context] = place;
    int size = sizes[context];
    int[] weights = new int[size];
    expectation.of(context, weights);
    for (int symbol = 0; symbol < size; symbol++) {
      totals[context] += weights[symbol];
      counts[place + symbol] = weights[symbol];
      ranges[place + symbol] = ((TOTAL - size + symbol) << 16) | 1;
    }
    pause[context] = FIRST_PAUSE;
    rebuild(context);
  }

  /** How many symbols can be coded before frequencies change. */
  int untilStretchEnd() {
    return stretchEnd - seen;
  }

  /** Counts a symbol that was just coded. */
  public void learn(int context, int symbol) {
    counts[places[context] + symbol] += SEEN;
    if (--counts[places[context] - 1] == 0) {
      addDue(context);
    }
    advance(1);
  }

  /** Finds the places of contexts that come next, at most {@link #untilStretchEnd}. */
  void find(int[] wanted, int from, int to) {
    int[] places = this.places;
    int[] found = this.found;
    int anyMissing = 0;
    for (int i = 0; i < to - from; i++) {
      int place = places[wanted[from + i]];
      found[i] = place;
      anyMissing |= place - 1;
    }
    if (anyMissing < 0) {
      beginMissing(wanted, from, to);
    }
  }

  private void beginMissing(int[] wanted, int from, int to) {
    for (int i = from; i < to; i++) {
      found[i - from] = place(wanted[i]);
    }
  }

  /**
   * Counts the symbols that were hit, and goes on behind them.
   *
   * @param symbols filled, from {@code from} up to {@code to}
   */
  void learn(int[] wanted, int[] symbols, int from, int to) {
    int[] found = this.found;
    int[] hits = this.hits;
    int[] counts = this.counts;
    for (int i = from; i < to; i++) {
      int place = found[i - from];
      int hit = hits[i - from];
      counts[hit] += SEEN;
      symbols[i] = hit - place;
      if (--counts[place - 1] == 0) {
        addDue(wanted[i]);
      }
    }
    advance(to - from);
  }

  private void addDue(int context) {
    due[dueCount++] = context;
  }

  /** Goes on by symbols that were counted, at most {@link #untilStretchEnd}. */
  private void advance(int coded) {
    seen += coded;
    if (seen < stretchEnd) {
      return;
    }
    for (int i = 0; i < dueCount; i++) {
      int context = due[i];
      totals[context] += SEEN * (pause[context] - counts[places[context] - 1]);
      pause[context] = Math.min(PAUSE_MAX, pause[context] + pause[context] / 4 + 1);
      rebuild(context);
    }
    dueCount = 0;
    stretchEnd = seen + Math.max(FIRST_STRETCH, Math.min(STRETCH_MAX, seen / 4));
  }

  /** Shares the slots out by what was counted; the last symbol that was seen gets what is left. */
  private void rebuild(int context) {
    int first = places[context];
    if (totals[context] > COUNTS_MAX) {
      halve(context);
    }
    int known = findUsed(context);
    int unknown = sizes[context] - known;
    long share = ((long) (TOTAL - sizes[context]) << 32) / Math.max(1, totals[context]);
    long sum = 0;
    int slot = 0;
    for (int symbol = 0; symbol < known; symbol++) {
      sum += counts[first + symbol];
      int next = symbol + 1 + (int) ((sum * share) >>> 32);
      ranges[first + symbol] = ((next - 1) << 16) | (next - slot);
      fillLookup(first, symbol, slot, next);
      slot = next;
    }
    int left = TOTAL - unknown - slot;
    ranges[first + known - 1] += left * ((1 << 16) + 1);
    fillLookup(first, known - 1, slot, slot + left);
    for (int bucket = firstBucket(TOTAL - unknown); bucket < BUCKETS; bucket++) {
      lookup[first + bucket] = (byte) (sizes[context] - (TOTAL - (bucket << LOOKUP_SHIFT)));
    }
    counts[first - 1] = pause[context];
  }

  /**
   * Says where a symbol is, eight buckets at a time: what is too much, those after it will
   * overwrite, and there is room behind the last.
   */
  private void fillLookup(int first, int symbol, int slot, int next) {
    int bucket = firstBucket(slot);
    int end = firstBucket(next);
    do {
      LittleEndian.LONGS.set(lookup, first + bucket, symbol * 0x0101_0101_0101_0101L);
      bucket += Long.BYTES;
    } while (bucket < end);
  }

  /** Symbols behind those that were ever seen have one slot each, always the same. */
  private int findUsed(int context) {
    int place = places[context];
    int last = sizes[context] - 1;
    while (last > used[context] && counts[place + last] == 0) {
      last--;
    }
    used[context] = Math.max(used[context], last + 1);
    return used[context];
  }

  /** The first that begins at a slot or behind it. */
  private static int firstBucket(int slot) {
    return (slot + (1 << LOOKUP_SHIFT) - 1) >>> LOOKUP_SHIFT;
  }

  private void halve(int context) {
    totals[context] = 0;
    int place = places[context];
    for (int i = place; i < place + sizes[context]; i++) {
      counts[i] >>= 1;
      totals[context] += counts[i];
    }
  }
}
