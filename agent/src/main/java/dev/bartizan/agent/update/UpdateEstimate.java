// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.update;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What it takes to have a release here.
 *
 * @param strategy by which it comes: {@code here}, {@code whole}, {@code delta}, {@code pieces}; or
 *     several of them
 * @param bytes to be fetched
 * @param space bytes of disk, exactly, before the first of them is fetched
 * @param steps what will be done, in order, for people
 */
public record UpdateEstimate(String strategy, long bytes, long space, List<String> steps) {
  /** What costs nothing. */
  static final UpdateEstimate NOTHING = new UpdateEstimate("", 0, 0, List.of());

  public UpdateEstimate {
    steps = List.copyOf(steps);
  }

  /** The same, where it has to be said for what each step is. */
  UpdateEstimate of(String component) {
    return new UpdateEstimate(
        strategy, bytes, space, steps.stream().map(it -> component + ": " + it).toList());
  }

  /** The cost of both. */
  UpdateEstimate and(UpdateEstimate other) {
    List<String> all = new ArrayList<>(steps);
    all.addAll(other.steps());
    String strategies =
        Stream.of(strategy, other.strategy())
            .filter(it -> !it.isEmpty())
            .distinct()
            .collect(Collectors.joining(" + "));
    return new UpdateEstimate(strategies, bytes + other.bytes(), space + other.space(), all);
  }
}
