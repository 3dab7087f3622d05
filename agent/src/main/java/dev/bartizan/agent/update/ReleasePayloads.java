package dev.bartizan.agent.update;

import dev.bartizan.agent.trust.TrustedDocuments;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.updater.install.Deployment;
import dev.bartizan.updater.install.Payloads;
import dev.bartizan.updater.install.Release;
import dev.bartizan.updater.release.DeltaOffer;
import dev.bartizan.updater.release.ReleaseManifest;
import dev.bartizan.updater.release.ReleaseName;
import dev.bartizan.updater.release.SealedFile;
import dev.bartizan.updater.store.ObjectStore;
import dev.bartizan.updater.store.ObjectWriter;
import java.io.IOException;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** Gets a release's files by the way that costs the fewest bytes. */
public final class ReleasePayloads implements Payloads {
  private static final String FORMAT = "onnx";

  private final TrustedDocuments documents;
  private final Delivery delivery;
  private final ObjectStore store;
  private final ReleaseKeys keys;
  private final Rebuild rebuild;

  /** Differences that did not give what they promised, since the agent started. */
  private final Set<Digest> failedDeltas = new HashSet<>();

  public ReleasePayloads(
      TrustedDocuments documents,
      Delivery delivery,
      ObjectStore store,
      ReleaseKeys keys,
      Rebuild rebuild) {
    this.documents = documents;
    this.delivery = delivery;
    this.store = store;
    this.keys = keys;
    this.rebuild = rebuild;
  }

  @Override
  public void plan(Deployment deployment) throws IOException, Refusal {
    ReleaseManifest manifest = ReleaseManifest.parse(manifestOf(deployment));
    refuseUnsuitable(deployment, manifest);
    UpdatePlan plan = plan(manifest, activeManifest(deployment));
    delivery.requireBudget(deployment, plan.bytes());
    store.requireSpace(plan.spaceNeeded());
    if (!isInstalled(deployment.to().manifest())) {
      keys.fetch(deployment.to().manifest());
    }
  }

  @Override
  public Optional<Set<Digest>> fetch(Deployment deployment) throws IOException, Refusal {
    delivery.begin(deployment);
    byte[] document = manifestOf(deployment);
    ReleaseManifest manifest = ReleaseManifest.parse(document);
    Digest release = store.put(document);
    if (!keys.holds(release)) {
      keys.fetch(release);
    }
    UpdatePlan plan = plan(manifest, activeManifest(deployment));
    setSpaceAside(plan, manifest);
    for (SealedFile file : plan.downloads()) {
      ObjectWriter writer = store.begin(file.sealed(), file.sealedLength());
      if (!delivery.advance(file.path(), file.sealedLength(), writer)) {
        return Optional.empty();
      }
    }
    delivery.end();
    if (plan.delta().isPresent() && !rebuilt(deployment, plan.delta().get())) {
      return Optional.empty();
    }
    return Optional.of(objects(release, manifest));
  }

  /** All the plan needs, before its first byte: an update must not die of a full disk half way. */
  private void setSpaceAside(UpdatePlan plan, ReleaseManifest manifest) throws IOException {
    for (SealedFile file : plan.downloads()) {
      store.reserve(file.sealed(), file.sealedLength());
    }
    store.reserve(manifest.whole().sealed(), manifest.whole().sealedLength());
  }

  /**
   * Makes the model from the difference; false when that failed and the plan has to be another.
   *
   * @throws Refusal when it failed, and policy does not pay for the whole
   */
  private boolean rebuilt(Deployment deployment, DeltaOffer delta) throws IOException, Refusal {
    try {
      rebuild.make(deployment.component(), deployment.to(), deployment.from().orElseThrow(), delta);
    } catch (Refusal useless) {
      if (!delivery.allowsWholeAfter(useless, deployment)) {
        throw useless;
      }
      failedDeltas.add(delta.sealed().sealed());
      plan(deployment);
      return false;
    }
    store.discard(delta.sealed().sealed());
    return true;
  }

  /**
   * How a release would be had, for people who ask before they act.
   *
   * @param active what the device would make it from, if anything
   */
  public UpdatePlan plan(ReleaseManifest manifest, Optional<ReleaseManifest> active)
      throws IOException {
    Optional<DeltaOffer> delta =
        active
            .flatMap(held -> manifest.deltaFrom(held.model().root()))
            .filter(offer -> !failedDeltas.contains(offer.sealed().sealed()));
    return UpdatePlan.of(manifest, delta, store);
  }

  /** The manifest of a release the store holds, if it still does. */
  public Optional<ReleaseManifest> held(Release release) throws IOException, Refusal {
    return store.holds(release.manifest())
        ? Optional.of(
            ReleaseManifest.parse(store.read(release.manifest(), ReleaseManifest.MAX_LENGTH)))
        : Optional.empty();
  }

  private static Set<Digest> objects(Digest release, ReleaseManifest manifest) {
    Set<Digest> objects = new HashSet<>(Set.of(release, manifest.whole().sealed()));
    manifest.golden().ifPresent(golden -> objects.add(golden.sealed().sealed()));
    return objects;
  }

  private byte[] manifestOf(Deployment deployment) throws IOException, Refusal {
    String path = new ReleaseName(deployment.component(), deployment.to().version()).modelTarget();
    documents.requireSigned(path, deployment.to().manifest());
    return Interruptible.complete(() -> documents.get(path));
  }

  private Optional<ReleaseManifest> activeManifest(Deployment deployment)
      throws IOException, Refusal {
    return deployment.from().isEmpty() ? Optional.empty() : held(deployment.from().get());
  }

  private void refuseUnsuitable(Deployment deployment, ReleaseManifest manifest)
      throws IOException, Refusal {
    if (!manifest.format().equals(FORMAT)) {
      throw new UpdateRefusal(
          UpdateRefusal.Reason.UNSUPPORTED_FORMAT,
          manifest.release() + " is for " + manifest.format() + ", this agent runs " + FORMAT);
    }
    Optional<ReleaseManifest> active = activeManifest(deployment);
    if (active.isPresent() && manifest.epoch() < active.get().epoch()) {
      throw new UpdateRefusal(
          UpdateRefusal.Reason.ROLLBACK,
          manifest.release()
              + " is of epoch "
              + manifest.epoch()
              + ", this device is at "
              + active.get().epoch());
    }
  }

  /** A key that has opened an installed release is not given away for one that a server offers. */
  private boolean isInstalled(Digest release) throws IOException {
    return store.holds(release) && keys.holds(release);
  }
}
