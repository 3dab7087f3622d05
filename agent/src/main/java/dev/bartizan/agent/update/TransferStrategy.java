// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.update;

import dev.bartizan.protocol.release.DeltaOffer;
import dev.bartizan.protocol.release.EncryptedFile;
import dev.bartizan.updater.install.Release;
import java.util.ArrayList;
import java.util.List;

/** By which a release is had. */
public sealed interface TransferStrategy {
  /**
   * For people and programs: {@code here}, {@code whole}, {@code delta}, {@code chain}, {@code
   * pieces} or {@code files}.
   */
  String text();

  /** It is in the store. */
  record Here() implements TransferStrategy {
    @Override
    public String text() {
      return "here";
    }
  }

  /** Those files of the agent that its running version does not have. */
  record Files() implements TransferStrategy {
    @Override
    public String text() {
      return "files";
    }
  }

  /** The published file. */
  record Whole() implements TransferStrategy {
    @Override
    public String text() {
      return "whole";
    }
  }

  /**
   * Differences, one after the other, from a release that is held, active or kept.
   *
   * @param links at least one; the last leads to the release that is wanted
   */
  record Differences(Release base, List<Link> links) implements TransferStrategy {
    public Differences {
      links = List.copyOf(links);
    }

    /** One difference more. */
    Differences then(Link link) {
      List<Link> all = new ArrayList<>(links);
      all.add(link);
      return new Differences(base, all);
    }

    /** Bytes of all of them. */
    long length() {
      return links.stream().mapToLong(link -> link.offer().file().length()).sum();
    }

    @Override
    public String text() {
      return links.size() == 1 ? "delta" : "chain";
    }
  }

  /**
   * A difference, and what comes of it.
   *
   * @param whole the file of the release {@code to}
   */
  record Link(Release to, EncryptedFile whole, DeltaOffer offer) {}

  /** Pieces of releases that are held, and the rest as ranges of the published file. */
  record Parts(PiecePlan plan, List<Release> held) implements TransferStrategy {
    public Parts {
      held = List.copyOf(held);
    }

    @Override
    public String text() {
      return "pieces";
    }
  }
}
