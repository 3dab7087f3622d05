// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.update;

import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.protocol.release.DeltaOffer;
import dev.bartizan.protocol.release.ReleaseManifest;
import dev.bartizan.protocol.release.ReleaseName;
import dev.bartizan.updater.documents.TrustedDocuments;
import dev.bartizan.updater.install.Release;
import dev.bartizan.updater.store.ObjectStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Finds the way that costs the fewest bytes from what a device holds to a release: a difference
 * from any of it, a few differences in a row, the pieces that are missing, or the whole.
 */
final class Planner {
  /** Releases between what is held and what is wanted; each is made, and gone afterwards. */
  private static final int BETWEEN = 3;

  private final TrustedDocuments documents;
  private final ObjectStore store;
  private Function<String, List<Release>> held = component -> List.of();

  /** Files by whose way a model did not become what was promised, since the agent started. */
  private final Set<Digest> failed = new HashSet<>();

  Planner(TrustedDocuments documents, ObjectStore store) {
    this.documents = documents;
    this.store = store;
  }

  /**
   * What releases can be made from.
   *
   * @param releases of a component, those that are installed: the active one first
   */
  void makeFrom(Function<String, List<Release>> releases) {
    this.held = releases;
  }

  /** The way that leads by this file is not taken again. */
  void avoid(Digest file) {
    failed.add(file);
  }

  /** How {@code release}, of which this is the manifest, is to be had. */
  UpdatePlan plan(Release release, ReleaseManifest manifest) throws IOException, Refusal {
    Map<Digest, Release> bases = new HashMap<>();
    List<Release> named = new ArrayList<>();
    Set<Digest> pieces = new HashSet<>();
    for (Release base : held.apply(manifest.release().name())) {
      Optional<ReleaseManifest> older = held(base);
      if (older.isPresent() && store.holds(older.get().whole().sealed())) {
        bases.put(older.get().model().root(), base);
        named.add(base);
        pieces.addAll(ChunkReassembly.digests(older.get()));
      }
    }
    List<TransferStrategy> ways = new ArrayList<>();
    differences(release, manifest, bases, BETWEEN).ifPresent(ways::add);
    boolean isCut = !manifest.pieces().pieces().isEmpty() && !pieces.isEmpty();
    if (isCut && !failed.contains(manifest.whole().sealed())) {
      PiecePlan plan = PiecePlan.of(manifest, pieces);
      if (plan.runs().stream().anyMatch(PiecePlan.Run::isHere)) {
        ways.add(new TransferStrategy.Parts(plan, named));
      }
    }
    return UpdatePlan.of(manifest, ways, store);
  }

  /** The cheapest differences that lead from a base to the release; none is asked for twice. */
  private Optional<TransferStrategy.Differences> differences(
      Release release, ReleaseManifest manifest, Map<Digest, Release> bases, int between)
      throws IOException {
    List<TransferStrategy.Differences> found = new ArrayList<>();
    for (DeltaOffer offer : offers(manifest)) {
      Release base = bases.get(offer.fromRoot());
      if (base != null) {
        found.add(new TransferStrategy.Differences(base, List.of(link(release, manifest, offer))));
      }
    }
    // What leads there at once is not compared with detours: they cost a manifest each to look at.
    if (found.isEmpty() && between > 0 && !bases.isEmpty()) {
      for (DeltaOffer offer : offers(manifest)) {
        through(offer, manifest, bases, between - 1)
            .map(way -> way.then(link(release, manifest, offer)))
            .ifPresent(found::add);
      }
    }
    return found.stream().min(Comparator.comparingLong(TransferStrategy.Differences::length));
  }

  private List<DeltaOffer> offers(ReleaseManifest manifest) {
    return manifest.deltas().stream()
        .filter(offer -> !failed.contains(offer.sealed().sealed()))
        .toList();
  }

  private static TransferStrategy.Link link(
      Release to, ReleaseManifest manifest, DeltaOffer offer) {
    return new TransferStrategy.Link(to, manifest.whole(), offer);
  }

  /** By way of the older release that a difference is from, when that is signed still. */
  private Optional<TransferStrategy.Differences> through(
      DeltaOffer offer, ReleaseManifest manifest, Map<Digest, Release> bases, int between)
      throws IOException {
    try {
      String model = manifest.release().name();
      String path = ReleaseName.parse(model, offer.fromVersion(), "deltas").modelTarget();
      byte[] document = Interruptible.complete(() -> documents.get(path));
      ReleaseManifest older = ReleaseManifest.parse(document);
      // Of an older epoch it would be paid for, and then not open.
      boolean isSound =
          older.model().root().equals(offer.fromRoot()) && older.epoch() == manifest.epoch();
      if (!isSound) {
        return Optional.empty();
      }
      Release release = new Release(Digest.of(document), offer.fromVersion());
      return differences(release, older, bases, between);
    } catch (Refusal notSignedAnyMore) {
      return Optional.empty();
    }
  }

  /** The manifest of a release the store holds, if it still does. */
  private Optional<ReleaseManifest> held(Release release) throws IOException, Refusal {
    return store.holds(release.manifest())
        ? Optional.of(
            ReleaseManifest.parse(store.read(release.manifest(), ReleaseManifest.MAX_LENGTH)))
        : Optional.empty();
  }

  /** The manifest of the release that a deployment leaves, if there is one. */
  Optional<ReleaseManifest> manifestOf(Optional<Release> left) throws IOException, Refusal {
    return left.isEmpty() ? Optional.empty() : held(left.get());
  }
}
