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
    return links.stream()
        .filter(link -> link.verdict() == Verdict.BAD)
        .map(link -> link.name() + ": expected " + link.expected() + ", found " + link.found())
        .collect(Collectors.joining("; "));
  }
}
