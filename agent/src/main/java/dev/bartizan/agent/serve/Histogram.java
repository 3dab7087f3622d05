// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.serve;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Durations counted in buckets whose width grows with the value: sixteen to each power of two.
 *
 * <p>Recording is one atomic addition; memory is 8 KiB whatever happens.
 */
final class Histogram {
  private static final int SUB_BITS = 4;
  private static final int SUB = 1 << SUB_BITS;
  private static final int BUCKETS = (Long.SIZE - SUB_BITS) * SUB;

  private final AtomicLongArray counts = new AtomicLongArray(BUCKETS);
  private final AtomicLong longest = new AtomicLong();

  void record(long nanos) {
    long value = Math.max(0, nanos);
    counts.incrementAndGet(bucket(value));
    longest.accumulateAndGet(value, Math::max);
  }

  Latency latency() {
    long[] seen = new long[BUCKETS];
    long total = 0;
    for (int i = 0; i < BUCKETS; i++) {
      seen[i] = counts.get(i);
      total += seen[i];
    }
    return new Latency(
        quantile(seen, total, 0.5),
        quantile(seen, total, 0.9),
        quantile(seen, total, 0.99),
        Duration.ofNanos(longest.get()));
  }

  private Duration quantile(long[] seen, long total, double share) {
    long rank = (long) Math.ceil(total * share);
    int bucket = 0;
    for (long below = seen[0]; below < rank; below += seen[bucket]) {
      bucket++;
    }
    return Duration.ofNanos(Math.min(upperEnd(bucket), longest.get()));
  }

  /** Values below {@link #SUB} have a bucket each; above, the leading bits choose. */
  private static int bucket(long value) {
    if (value < SUB) {
      return (int) value;
    }
    int shift = Long.SIZE - 1 - Long.numberOfLeadingZeros(value) - SUB_BITS;
    return shift * SUB + (int) (value >>> shift);
  }

  private static long upperEnd(int bucket) {
    if (bucket < SUB) {
      return bucket;
    }
    int shift = bucket / SUB - 1;
    long leading = bucket - (long) shift * SUB;
    return ((leading + 1) << shift) - 1;
  }
}
