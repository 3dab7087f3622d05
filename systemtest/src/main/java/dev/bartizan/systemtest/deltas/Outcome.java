// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.deltas;

import dev.bartizan.systemtest.deltas.Contender.Measured;
import dev.bartizan.systemtest.deltas.Contender.Sort;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;

/**
 * What everybody needed for one pair.
 *
 * @param length bytes of the new file
 * @param results by contender; those that do not take such files are not there
 */
record Outcome(Pair pair, long length, Map<String, Result> results) {
  Outcome {
    results = Collections.unmodifiableMap(new LinkedHashMap<>(results));
  }

  /** A contender's result. */
  record Result(String name, Sort sort, Measured measured) {
    long bytes() {
      return measured.bytes();
    }
  }

  Result ours() {
    return results.values().stream()
        .filter(result -> result.sort() == Sort.OURS)
        .findFirst()
        .orElseThrow();
  }

  /** The smallest of the others. */
  Result bestPeer() {
    return best(result -> result.sort() != Sort.OURS);
  }

  /** The smallest of those that see numbers. */
  Result bestOfTensors() {
    return best(result -> result.sort() == Sort.TENSORS);
  }

  /** The smallest of those that see bytes. */
  Result bestOfBytes() {
    return best(result -> result.sort() == Sort.BYTES);
  }

  private Result best(Predicate<Result> among) {
    return results.values().stream()
        .filter(among)
        .min(Comparator.comparingLong(Result::bytes))
        .orElseThrow();
  }

  /** A size in percent of the new file. */
  double share(long bytes) {
    return 100.0 * bytes / Math.max(1, length);
  }
}
