package dev.bartizan.updater.delta;

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

  /** What a symbol adds to its count. */
  static final int SEEN = 32;

  /** From one context's place to the next: not a power of two, or all would share cache lines. */
  private static final int STRIDE = 256 + 16;

  private static final int COUNTS_MAX = 1 << 22;
  private static final int FIRST_PAUSE = 4;
  private static final int PAUSE_MAX = 1 << 13;
  private static final int FIRST_STRETCH = 16;
  private static final int STRETCH_MAX = 256;

  /** Where a context's numbers are in the next three; 0 for one that was never used. */
  final int[] places;

  /** First slot (upper half) and frequency (lower half) of each symbol. */
  int[] ranges = new int[16 * STRIDE];

  /** The symbol in which a 256th of the slots begins. */
  byte[] lookup = new byte[ranges.length];

  int[] counts = new int[ranges.length];

  /** Symbols until a context is due for new frequencies. */
  final int[] untilDue;

  private final int[] sizes;
  private final Expectation expectation;
  private final int[] totals;
  private final int[] pause;

  /** By context: from this symbol on, none was seen or expected. */
  private final int[] used;

  private int nextPlace = STRIDE;

  /** Contexts whose frequencies are to be made anew at the stretch's end. */
  private final int[] due = new int[STRETCH_MAX];

  private int dueCount;
  private int seen;
  private int stretchEnd = FIRST_STRETCH;

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
    this.untilDue = new int[sizes.length];
    this.totals = new int[sizes.length];
    this.pause = new int[sizes.length];
    this.used = new int[sizes.length];
  }

  /** First slot, shifted by 16, and frequency, of a context's symbol. */
  public int range(int context, int symbol) {
    if (places[context] == 0) {
      begin(context);
    }
    return ranges[places[context] + symbol];
  }

  /** Makes a place for a context that was never used. */
  void begin(int context) {
    int place = nextPlace;
    nextPlace += STRIDE;
    if (nextPlace > ranges.length) {
      ranges = Arrays.copyOf(ranges, 2 * ranges.length);
      lookup = Arrays.copyOf(lookup, ranges.length);
      counts = Arrays.copyOf(counts, ranges.length);
    }
    places[context] = place;
    int size = sizes[context];
    int[] weights = new int[size];
    expectation.of(context, weights);
    System.arraycopy(weights, 0, counts, place, size);
    totals[context] = Arrays.stream(weights).sum();
    for (int symbol = 0; symbol < size; symbol++) {
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
    if (--untilDue[context] == 0) {
      addDue(context);
    }
    advance(1);
  }

  void addDue(int context) {
    due[dueCount++] = context;
  }

  /** Goes on by symbols that were counted, at most {@link #untilStretchEnd}. */
  void advance(int coded) {
    seen += coded;
    if (seen < stretchEnd) {
      return;
    }
    for (int i = 0; i < dueCount; i++) {
      int context = due[i];
      totals[context] += SEEN * (pause[context] - untilDue[context]);
      pause[context] = Math.min(PAUSE_MAX, pause[context] + pause[context] / 4 + 1);
      rebuild(context);
    }
    dueCount = 0;
    stretchEnd = seen + Math.max(FIRST_STRETCH, Math.min(STRETCH_MAX, seen / 4));
  }

  private void rebuild(int context) {
    int first = places[context];
    if (totals[context] > COUNTS_MAX) {
      halve(context);
    }
    int end = first + findUsed(context);
    long share = ((long) (TOTAL - sizes[context]) << 32) / Math.max(1, totals[context]);
    int left = TOTAL - (sizes[context] - used[context]);
    int commonest = first;
    for (int i = first; i < end; i++) {
      int frequency = 1 + (int) ((counts[i] * share) >>> 32);
      ranges[i] = frequency;
      left -= frequency;
      commonest = counts[i] > counts[commonest] ? i : commonest;
    }
    ranges[commonest] += left;
    place(first, used[context], sizes[context]);
    untilDue[context] = pause[context];
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

  private void place(int first, int used, int size) {
    int slot = 0;
    int bucket = 0;
    for (int symbol = 0; symbol < used; symbol++) {
      int frequency = ranges[first + symbol];
      ranges[first + symbol] = (slot << 16) | frequency;
      slot += frequency;
      for (; bucket << LOOKUP_SHIFT < slot; bucket++) {
        lookup[first + bucket] = (byte) symbol;
      }
    }
    for (; bucket < TOTAL >> LOOKUP_SHIFT; bucket++) {
      lookup[first + bucket] = (byte) (size - (TOTAL - (bucket << LOOKUP_SHIFT)));
    }
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
