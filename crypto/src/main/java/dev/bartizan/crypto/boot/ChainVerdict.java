// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.boot;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A chain, link by link; it is as good as its worst link, and an empty one is unknown.
 *
 * @param links in the order they depend on each other
 */
public record ChainVerdict(List<Link> links) {
  /** A line stays one; {@code bartizan check} tells all. */
  private static final int MAX_FAULTS = 6;

  public ChainVerdict {
    links = List.copyOf(links);
  }

  /** The worst of the links. */
  public Verdict overall() {
    return links.stream().map(Link::verdict).reduce(Verdict::and).orElse(Verdict.UNKNOWN);
  }

  /** This chain, then that one. */
  public ChainVerdict then(ChainVerdict next) {
    List<Link> all = new ArrayList<>(links);
    all.addAll(next.links);
    return new ChainVerdict(all);
  }

  /** One line naming what is bad: {@code "pcr sha256:7: expected …, found …"}. */
  public String faults() {
    List<String> faults =
        links.stream()
            .filter(link -> link.verdict() == Verdict.BAD)
            .map(link -> link.name() + ": expected " + link.expected() + ", found " + link.found())
            .toList();
    String first = faults.stream().limit(MAX_FAULTS).collect(Collectors.joining("; "));
    int more = faults.size() - MAX_FAULTS;
    return more > 0 ? first + "; and " + more + " more" : first;
  }
}
