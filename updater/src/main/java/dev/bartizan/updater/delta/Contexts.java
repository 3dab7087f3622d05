package dev.bartizan.updater.delta;

/**
 * What has been seen so far of the symbols of each context, as frequencies for an entropy coder.
 *
 * <p>Encoder and decoder learn alike: both count a symbol after it was coded, and both make new
 * frequencies of the counts at the same moments, further and further apart. So no tables travel. A
 * context starts from what {@link #expect} says of it.
 *
 * <p>Frequencies of a context add up to {@link #TOTAL}; all are at least 1, so any symbol can be
 * coded at any time. A symbol is looked up by the upper eight bits of its slot, then by walking.
 */
public final class Contexts {
  /** Bits of a frequency. */
  public static final int BITS = 15;

  public static final int TOTAL = 1 << BITS;

  private static final int LOOKUP_SHIFT = BITS - 8;
  private static final int SEEN = 32;
  private static final int COUNTS_MAX = 1 << 22;
  private static final int PAUSE_MAX = 1 << 13;

  private final int[] start;
  private final int[] counts;

  /** First slot (upper half) and frequency (lower half) of each symbol. */
  private final int[] ranges;

  private final byte[] lookup;
  private final int[] untilRebuilt;
  private final int[] pause;

  /**
   * @param sizes how many symbols each context has, at least 2 and at most 256
   */
  public Contexts(int[] sizes) {
    this.start = new int[sizes.length + 1];
    for (int i = 0; i < sizes.length; i++) {
      start[i + 1] = start[i] + sizes[i];
    }
    this.counts = new int[start[sizes.length]];
    this.ranges = new int[start[sizes.length]];
    this.lookup = new byte[sizes.length << 8];
    this.untilRebuilt = new int[sizes.length];
    this.pause = new int[sizes.length];
  }

  /** Whether nothing is known of a context yet: {@link #expect} it before it is used. */
  public boolean isNew(int context) {
    return pause[context] == 0;
  }

  /** How many symbols a context has. */
  public int size(int context) {
    return start[context + 1] - start[context];
  }

  /**
   * What a context starts from.
   *
   * @param weights for each symbol, 32 for one that has been seen once; 0 is allowed
   */
  public void expect(int context, int[] weights) {
    System.arraycopy(weights, 0, counts, start[context], size(context));
    pause[context] = 4;
    rebuild(context);
  }

  /** Where in {@link #range} a context's symbols start. */
  public int first(int context) {
    return start[context];
  }

  /** First slot, shifted by 16, and frequency. */
  public int range(int index) {
    return ranges[index];
  }

  /** The index of the symbol to which {@code slot} belongs. */
  public int find(int context, int slot) {
    int index = start[context] + (lookup[(context << 8) + (slot >>> LOOKUP_SHIFT)] & 0xff);
    int range = ranges[index];
    while (slot >= (range >>> 16) + (range & 0xffff)) {
      range = ranges[++index];
    }
    return index;
  }

  /** Counts the symbol at {@code index}, which was just coded. */
  public void learn(int context, int index) {
    counts[index] += SEEN;
    if (--untilRebuilt[context] == 0) {
      rebuild(context);
    }
  }

  private void rebuild(int context) {
    int first = start[context];
    int size = start[context + 1] - first;
    int total = sum(first, size);
    if (total > COUNTS_MAX) {
      halve(first, size);
      total = sum(first, size);
    }
    long share = ((long) (TOTAL - size) << 32) / Math.max(1, total);
    int left = TOTAL;
    int commonest = first;
    for (int i = first; i < first + size; i++) {
      int frequency = 1 + (int) ((counts[i] * share) >>> 32);
      ranges[i] = frequency;
      left -= frequency;
      commonest = counts[i] > counts[commonest] ? i : commonest;
    }
    ranges[commonest] += left;
    place(context, first, size);
    untilRebuilt[context] = pause[context];
    pause[context] = Math.min(PAUSE_MAX, pause[context] + pause[context] / 4 + 1);
  }

  private void place(int context, int first, int size) {
    int slot = 0;
    int bucket = 0;
    for (int i = 0; i < size; i++) {
      int frequency = ranges[first + i];
      ranges[first + i] = (slot << 16) | frequency;
      slot += frequency;
      for (; (bucket << LOOKUP_SHIFT) < slot; bucket++) {
        lookup[(context << 8) + bucket] = (byte) i;
      }
    }
  }

  private int sum(int first, int size) {
    int sum = 0;
    for (int i = first; i < first + size; i++) {
      sum += counts[i];
    }
    return sum;
  }

  private void halve(int first, int size) {
    for (int i = first; i < first + size; i++) {
      counts[i] >>= 1;
    }
  }
}
