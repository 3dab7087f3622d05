package dev.bartizan.agent.update;

import dev.bartizan.agent.trust.TrustedDocuments;
import dev.bartizan.agent.vault.Envelopes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.envelope.KeyEnvelope;
import dev.bartizan.crypto.keystore.Ueid;
import dev.bartizan.updater.fetch.DataBudget;
import dev.bartizan.updater.fetch.Download;
import dev.bartizan.updater.fetch.OverBudget;
import dev.bartizan.updater.fetch.SmallFiles;
import dev.bartizan.updater.install.Deployment;
import dev.bartizan.updater.install.Payloads;
import dev.bartizan.updater.install.Release;
import dev.bartizan.updater.release.DeltaOffer;
import dev.bartizan.updater.release.ReleaseManifest;
import dev.bartizan.updater.release.ReleaseName;
import dev.bartizan.updater.release.SealedFile;
import dev.bartizan.updater.store.ObjectStore;
import dev.bartizan.updater.store.StoreTransfer;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** Gets a release's files by the way that costs the fewest bytes. */
public final class ReleasePayloads implements Payloads {
  private static final String FORMAT = "onnx";

  private final Ueid device;
  private final TrustedDocuments documents;
  private final SmallFiles repository;
  private final Download download;
  private final DeliveryNews progress;
  private final DataBudget budget;
  private final UpdateGate gate;
  private final ObjectStore store;
  private final Envelopes envelopes;
  private final Rebuild rebuild;

  /** Differences that did not give what they promised, since the agent started. */
  private final Set<Digest> failedDeltas = new HashSet<>();

  public ReleasePayloads(
      Ueid device,
      TrustedDocuments documents,
      SmallFiles repository,
      Download download,
      DeliveryNews progress,
      DataBudget budget,
      UpdateGate gate,
      ObjectStore store,
      Envelopes envelopes,
      Rebuild rebuild) {
    this.device = device;
    this.documents = documents;
    this.repository = repository;
    this.download = download;
    this.progress = progress;
    this.budget = budget;
    this.gate = gate;
    this.store = store;
    this.envelopes = envelopes;
    this.rebuild = rebuild;
  }

  @Override
  public void plan(Deployment deployment) throws IOException, Refusal {
    ReleaseManifest manifest = ReleaseManifest.parse(manifestOf(deployment));
    refuseUnsuitable(deployment, manifest);
    UpdatePlan plan = plan(manifest, activeManifest(deployment));
    requireBudget(deployment, plan);
    store.requireSpace(plan.spaceNeeded());
    if (!isInstalled(deployment.to().manifest())) {
      fetchEnvelope(deployment.to().manifest());
    }
  }

  @Override
  public Optional<Set<Digest>> fetch(Deployment deployment) throws IOException, Refusal {
    Optional<String> waiting = gate.fetchingWaitsFor(deployment);
    if (waiting.isPresent()) {
      throw new IOException(waiting.get());
    }
    byte[] document = manifestOf(deployment);
    ReleaseManifest manifest = ReleaseManifest.parse(document);
    Digest release = store.put(document);
    if (!envelopes.holds(release)) {
      fetchEnvelope(release);
    }
    UpdatePlan plan = plan(manifest, activeManifest(deployment));
    setSpaceAside(plan, manifest);
    budget.spendFor(release.hex());
    for (SealedFile file : plan.downloads()) {
      if (!fetched(file)) {
        return Optional.empty();
      }
    }
    budget.settle();
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
      if (!gate.allowsWholeAfterDelta()) {
        throw useless;
      }
      failedDeltas.add(delta.sealed().sealed());
      progress.wholeInstead(deployment.to().version(), useless);
      plan(deployment);
      return false;
    }
    store.discard(delta.sealed().sealed());
    return true;
  }

  private void requireBudget(Deployment deployment, UpdatePlan plan) throws UpdateRefusal {
    long left = budget.leftFor(deployment.to().manifest().hex());
    if (plan.bytes() > left) {
      throw new UpdateRefusal(
          UpdateRefusal.Reason.OVER_BUDGET,
          deployment.to() + " costs " + plan.bytes() + " bytes, left for it are " + left);
    }
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
    return interruptibly(() -> documents.get(path));
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
    return store.holds(release) && envelopes.holdsReadable(release);
  }

  private void fetchEnvelope(Digest release) throws IOException, Refusal {
    String path = "keys/" + release.hex() + "/" + device.text() + ".cms";
    Optional<byte[]> envelope = interruptibly(() -> repository.find(path, KeyEnvelope.MAX_LENGTH));
    if (envelope.isEmpty()) {
      throw new UpdateRefusal(
          UpdateRefusal.Reason.NO_KEY, path + ": the fleet has wrapped no key to this device");
    }
    envelopes.keep(release, envelope.get());
  }

  /** Carries the transfer of a file on for a while; whether it is complete now. */
  private boolean fetched(SealedFile file) throws IOException, Refusal {
    try (StoreTransfer transfer =
        new StoreTransfer(store.begin(file.sealed(), file.sealedLength()))) {
      return interruptibly(
          () -> download.advance(file.path(), file.sealedLength(), transfer, progress));
    } catch (OverBudget spent) {
      if (spent.scope() == OverBudget.Scope.ROLLOUT) {
        throw new UpdateRefusal(
            UpdateRefusal.Reason.OVER_BUDGET, String.valueOf(spent.getMessage()));
      }
      throw spent;
    }
  }

  /** Work that may be interrupted because the agent stops. */
  @FunctionalInterface
  private interface Interruptible<T> {
    T run() throws IOException, Refusal, InterruptedException;
  }

  private static <T> T interruptibly(Interruptible<T> work) throws IOException, Refusal {
    try {
      return work.run();
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
      InterruptedIOException interrupted = new InterruptedIOException("the agent is stopping");
      interrupted.initCause(stopping);
      throw interrupted;
    }
  }
}
