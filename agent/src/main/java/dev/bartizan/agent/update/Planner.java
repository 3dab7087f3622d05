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

/**
 * Finds the way that costs the fewest bytes from what a device holds to a release: a difference
 * from any of it, a few differences in a row, the pieces that are missing, or the whole.
 */
final class Planner {
  /** Releases between what is held and what is wanted; each is made, and gone afterwards. */
  private static final int BETWEEN = 3;

  private final TrustedDocuments documents;
  private final ObjectStore store;

  /** Files by whose way a model did not become what was promised, since the agent started. */
  private final Set<Digest> failed = new HashSet<>();

  Planner(TrustedDocuments documents, ObjectStore store) {
    this.documents = documents;
    this.store = store;
  }

  /** The way that leads by this file is not taken again. */
  void avoid(Digest file) {
    failed.add(file);
  }

  /**
   * How {@code release}, of which this is the manifest, is to be had.
   *
   * @param installed releases of the same model, the active one first
   */
  UpdatePlan plan(Release release, ReleaseManifest manifest, List<Release> installed)
      throws IOException, Refusal {
    Map<Digest, Release> bases = new HashMap<>();
    List<Release> named = new ArrayList<>();
    Set<Digest> pieces = new HashSet<>();
    for (Release base : installed) {
      Optional<ReleaseManifest> older = whole(base);
      if (older.isPresent()) {
        bases.put(older.get().model().root(), base);
        named.add(base);
        pieces.addAll(ChunkReassembly.digests(older.get()));
      }
    }
    List<TransferStrategy> strategies = new ArrayList<>();
    differences(release, manifest, bases, BETWEEN).ifPresent(strategies::add);
    boolean isCut = !manifest.pieces().pieces().isEmpty() && !pieces.isEmpty();
    if (isCut && !failed.contains(manifest.whole().digest())) {
      PiecePlan plan = PiecePlan.of(manifest, pieces);
      if (plan.runs().stream().anyMatch(PiecePlan.Run::isHere)) {
        strategies.add(new TransferStrategy.Parts(plan, named));
      }
    }
    return UpdatePlan.of(manifest, strategies, store);
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
            .map(strategy -> strategy.then(link(release, manifest, offer)))
            .ifPresent(found::add);
      }
    }
    return found.stream().min(Comparator.comparingLong(TransferStrategy.Differences::length));
  }

  private List<DeltaOffer> offers(ReleaseManifest manifest) {
    return manifest.deltas().stream()
        .filter(offer -> !failed.contains(offer.file().digest()))
        .toList();
  }

  private static TransferStrategy.Link link(
      Release to, ReleaseManifest manifest, DeltaOffer offer) {
    return new TransferStrategy.Link(to, manifest.whole(), offer);
  }

  /**
   * The plan that was written down, as far as it is one: each step is looked up among what is
   * signed and what is held, and nothing in it is taken from what was written.
   *
   * @throws PlanRefusal NOT_OFFERED
   */
  UpdatePlan recall(
      WrittenStrategy written, Release release, ReleaseManifest manifest, List<Release> installed)
      throws IOException, Refusal {
    WrittenStrategy.Kind kind = written.kind();
    TransferStrategy strategy =
        switch (kind) {
          case HERE -> new TransferStrategy.Here();
          case WHOLE -> new TransferStrategy.Whole();
          case PIECES -> pieces(written, manifest, installed);
          case DELTA, CHAIN -> links(written, release, manifest, installed);
          case FILES -> throw PlanRefusal.notOffered(release, "files, which no model has");
        };
    if (kind == WrittenStrategy.Kind.HERE && !store.holds(manifest.whole().digest())) {
      throw PlanRefusal.notOffered(release, "what is here, and it is not");
    }
    return UpdatePlan.by(strategy, manifest, store);
  }

  private TransferStrategy pieces(
      WrittenStrategy written, ReleaseManifest manifest, List<Release> installed)
      throws IOException, Refusal {
    Set<Digest> pieces = new HashSet<>();
    List<Release> bases = new ArrayList<>();
    for (Digest name : written.bases()) {
      Release base = base(name, manifest, installed);
      bases.add(base);
      pieces.addAll(ChunkReassembly.digests(whole(base).orElseThrow()));
    }
    if (bases.isEmpty() || manifest.pieces().pieces().isEmpty()) {
      throw PlanRefusal.notOffered(manifest.release(), "pieces, of which it has none");
    }
    return new TransferStrategy.Parts(PiecePlan.of(manifest, pieces), bases);
  }

  private TransferStrategy links(
      WrittenStrategy written, Release release, ReleaseManifest manifest, List<Release> installed)
      throws IOException, Refusal {
    if (written.bases().size() != 1 || written.links().isEmpty()) {
      throw PlanRefusal.notOffered(release, "differences from nothing");
    }
    Release base = base(written.bases().get(0), manifest, installed);
    Digest root = whole(base).orElseThrow().model().root();
    List<TransferStrategy.Link> links = new ArrayList<>();
    for (WrittenStrategy.Link each : written.links()) {
      boolean isLast = links.size() == written.links().size() - 1;
      ReleaseManifest to = isLast ? manifest : between(each.to(), manifest);
      Digest from = root;
      DeltaOffer offer =
          to.deltas().stream()
              .filter(it -> it.file().digest().equals(each.delta()))
              .filter(it -> it.fromRoot().equals(from))
              .findFirst()
              .orElseThrow(() -> PlanRefusal.notOffered(to.release(), each.delta().hex()));
      links.add(link(isLast ? release : each.to(), to, offer));
      root = to.model().root();
    }
    return new TransferStrategy.Differences(base, links);
  }

  private ReleaseManifest between(Release release, ReleaseManifest wanted)
      throws IOException, Refusal {
    try {
      String path =
          ReleaseName.parse(wanted.release().name(), release.version(), "plan").modelTarget();
      ReleaseManifest signed = ReleaseManifest.parse(SignedManifest.get(documents, path, release));
      if (signed.epoch() == wanted.epoch()) {
        return signed;
      }
    } catch (Refusal notSignedAnyMore) {
      // As when it had never been signed.
    }
    throw PlanRefusal.notOffered(wanted.release(), "to go through " + release);
  }

  private Release base(Digest name, ReleaseManifest manifest, List<Release> installed)
      throws IOException, Refusal {
    Release base =
        installed.stream()
            .filter(it -> it.manifest().equals(name))
            .findFirst()
            .orElseThrow(() -> PlanRefusal.notOffered(manifest.release(), name.hex()));
    if (whole(base).isEmpty()) {
      throw PlanRefusal.notOffered(manifest.release(), base + ", which is not here");
    }
    return base;
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

  /** The manifest of a release whose model is held too. */
  private Optional<ReleaseManifest> whole(Release release) throws IOException, Refusal {
    Optional<ReleaseManifest> manifest = held(release);
    boolean isWhole = manifest.isPresent() && store.holds(manifest.get().whole().digest());
    return isWhole ? manifest : Optional.empty();
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
