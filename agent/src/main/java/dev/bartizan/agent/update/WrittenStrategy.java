// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.update;

import dev.bartizan.crypto.Digest;
import dev.bartizan.updater.install.Release;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * By which way a release is had, in names alone: as it is written down. It chooses; what is chosen
 * from is signed, see {@link Planner#recall}.
 *
 * @param release the digest of the manifest of what is wanted
 * @param bases digests of the manifests of releases it is made from
 * @param links differences, in their order
 */
record WrittenStrategy(Digest release, Kind kind, List<Digest> bases, List<Link> links) {
  /** As {@link TransferStrategy#text} calls them. */
  enum Kind {
    HERE,
    WHOLE,
    DELTA,
    CHAIN,
    PIECES,
    FILES;

    String text() {
      return name().toLowerCase(Locale.ROOT);
    }

    static Optional<Kind> find(String text) {
      return Stream.of(values()).filter(it -> it.text().equals(text)).findFirst();
    }
  }

  /** A difference by its digest, and what comes of it. */
  record Link(Release to, Digest delta) {}

  WrittenStrategy {
    bases = List.copyOf(bases);
    links = List.copyOf(links);
  }

  static WrittenStrategy of(Release release, TransferStrategy strategy) {
    Kind kind = Kind.find(strategy.text()).orElseThrow();
    List<Digest> bases = List.of();
    List<Link> links = List.of();
    if (strategy instanceof TransferStrategy.Differences differences) {
      bases = List.of(differences.base().manifest());
      links =
          differences.links().stream()
              .map(it -> new Link(it.to(), it.offer().file().digest()))
              .toList();
    } else if (strategy instanceof TransferStrategy.Parts parts) {
      bases = parts.held().stream().map(Release::manifest).toList();
    }
    return new WrittenStrategy(release.manifest(), kind, bases, links);
  }
}
