package dev.bartizan.agent.update;

import dev.bartizan.updater.install.Release;
import dev.bartizan.updater.release.DeltaOffer;
import java.util.List;

/** By which a release's model is had. */
public sealed interface Way {
  /** For people and programs: {@code here}, {@code whole}, {@code delta} or {@code pieces}. */
  String text();

  /** It is in the store. */
  record Here() implements Way {
    @Override
    public String text() {
      return "here";
    }
  }

  /** The published file. */
  record Whole() implements Way {
    @Override
    public String text() {
      return "whole";
    }
  }

  /** A difference from a release that is held, active or kept. */
  record Difference(Release base, DeltaOffer offer) implements Way {
    @Override
    public String text() {
      return "delta";
    }
  }

  /** Pieces of releases that are held, and the rest as ranges of the published file. */
  record Parts(PiecePlan plan, List<Release> held) implements Way {
    public Parts {
      held = List.copyOf(held);
    }

    @Override
    public String text() {
      return "pieces";
    }
  }
}
