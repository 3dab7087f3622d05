package dev.bartizan.agent.update;

import dev.bartizan.agent.trust.TrustedDocuments;
import dev.bartizan.agent.vault.ModelVault;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.envelope.BulkCrypto;
import dev.bartizan.updater.install.Deployment;
import dev.bartizan.updater.install.Release;
import dev.bartizan.updater.release.ReleaseManifest;
import dev.bartizan.updater.release.ReleaseName;
import dev.bartizan.updater.release.SealedFile;
import dev.bartizan.updater.store.ObjectStore;
import dev.bartizan.updater.store.ObjectWriter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Function;

/** Gets a release's files by the way that costs the fewest bytes. */
public final class ReleasePayloads implements ComponentPayloads {
  private static final String FORMAT = "onnx";

  private final TrustedDocuments documents;
  private final Delivery delivery;
  private final ObjectStore store;
  private final ReleaseKeys keys;
  private final Rebuild rebuild;
  private final Mosaic mosaic;
  private Function<String, List<Release>> held = component -> List.of();

  /** Files by whose way a model did not become what was promised, since the agent started. */
  private final Set<Digest> failed = new HashSet<>();

  public ReleasePayloads(
      TrustedDocuments documents,
      Delivery delivery,
      ObjectStore store,
      ReleaseKeys keys,
      ModelVault vault,
      BulkCrypto crypto,
      Executor workers) {
    this.documents = documents;
    this.delivery = delivery;
    this.store = store;
    this.keys = keys;
    this.rebuild = new Rebuild(vault, store, crypto, workers);
    this.mosaic = new Mosaic(vault, store, crypto, delivery);
  }

  /**
   * What releases can be made from.
   *
   * @param releases of a component, those that are installed: the active one first
   */
  public void makeFrom(Function<String, List<Release>> releases) {
    this.held = releases;
  }

  @Override
  public Cost cost(String model, Release to) throws IOException, Refusal {
    return plan(ReleaseManifest.parse(manifestOf(model, to))).cost();
  }

  @Override
  public void prepare(Deployment deployment) throws IOException, Refusal {
    refuseUnsuitable(deployment, ReleaseManifest.parse(manifestOf(deployment)));
    if (!isInstalled(deployment.to().manifest())) {
      keys.fetch(deployment.to().manifest());
    }
  }

  /** All the plan needs, before its first byte: an update must not die of a full disk half way. */
  @Override
  public void setAside(Deployment deployment) throws IOException, Refusal {
    ReleaseManifest manifest = ReleaseManifest.parse(manifestOf(deployment));
    for (SealedFile file : plan(manifest).downloads()) {
      store.reserve(file.sealed(), file.sealedLength());
    }
    store.reserve(manifest.whole().sealed(), manifest.whole().sealedLength());
  }

  @Override
  public Optional<Set<Digest>> fetch(Deployment deployment) throws IOException, Refusal {
    byte[] document = manifestOf(deployment);
    ReleaseManifest manifest = ReleaseManifest.parse(document);
    Digest release = store.put(document);
    if (!keys.holds(release)) {
      keys.fetch(release);
    }
    UpdatePlan plan = plan(manifest);
    for (SealedFile file : plan.downloads()) {
      ObjectWriter writer = store.begin(file.sealed(), file.sealedLength());
      if (!delivery.advance(file.path(), file.sealedLength(), writer)) {
        return Optional.empty();
      }
    }
    return isMade(deployment, manifest, plan.way())
        ? Optional.of(objects(release, manifest))
        : Optional.empty();
  }

  /**
   * Makes the model from what is held; false when there is more to come, or when that failed and
   * the plan has to be another.
   *
   * @throws Refusal when it failed, and policy does not pay for the whole
   */
  private boolean isMade(Deployment deployment, ReleaseManifest manifest, Way way)
      throws IOException, Refusal {
    if (way instanceof Way.Difference difference) {
      return isRebuilt(deployment, difference);
    }
    return !(way instanceof Way.Parts parts) || isPutTogether(deployment, manifest, parts);
  }

  private boolean isRebuilt(Deployment deployment, Way.Difference way) throws IOException, Refusal {
    Digest delta = way.offer().sealed().sealed();
    try {
      rebuild.make(deployment.component(), deployment.to(), way.base(), way.offer());
    } catch (Refusal useless) {
      giveUp(delta, useless, deployment);
      return false;
    }
    store.discard(delta);
    return true;
  }

  private boolean isPutTogether(Deployment deployment, ReleaseManifest manifest, Way.Parts way)
      throws IOException, Refusal {
    try {
      return mosaic.advance(deployment.component(), deployment.to(), way);
    } catch (UpdateRefusal overBudget) {
      throw overBudget;
    } catch (Refusal useless) {
      giveUp(manifest.whole().sealed(), useless, deployment);
      return false;
    }
  }

  private void giveUp(Digest file, Refusal useless, Deployment deployment)
      throws IOException, Refusal {
    if (!delivery.allowsWholeAfter(useless, deployment)) {
      throw useless;
    }
    failed.add(file);
    Cost cost = cost(deployment.component(), deployment.to());
    delivery.requireBudget(cost.bytes());
    store.requireSpace(cost.space());
  }

  private UpdatePlan plan(ReleaseManifest manifest) throws IOException, Refusal {
    List<Way> ways = new ArrayList<>();
    List<Release> bases = new ArrayList<>();
    Set<Digest> pieces = new HashSet<>();
    for (Release base : held.apply(manifest.release().name())) {
      Optional<ReleaseManifest> older = held(base);
      if (older.isPresent() && store.holds(older.get().whole().sealed())) {
        manifest
            .deltaFrom(older.get().model().root())
            .filter(offer -> !failed.contains(offer.sealed().sealed()))
            .ifPresent(offer -> ways.add(new Way.Difference(base, offer)));
        bases.add(base);
        pieces.addAll(Mosaic.digests(older.get()));
      }
    }
    boolean isCut = !manifest.pieces().pieces().isEmpty() && !pieces.isEmpty();
    if (isCut && !failed.contains(manifest.whole().sealed())) {
      ways.add(new Way.Parts(PiecePlan.of(manifest, pieces), bases));
    }
    return UpdatePlan.of(manifest, ways, store);
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
    return manifestOf(deployment.component(), deployment.to());
  }

  private byte[] manifestOf(String model, Release release) throws IOException, Refusal {
    String path = new ReleaseName(model, release.version()).modelTarget();
    documents.requireSigned(path, release.manifest());
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
