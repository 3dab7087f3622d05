// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.update;

import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.protocol.release.EncryptedFile;
import dev.bartizan.protocol.release.ReleaseManifest;
import dev.bartizan.protocol.release.ReleaseName;
import dev.bartizan.updater.documents.TrustedDocuments;
import dev.bartizan.updater.install.ComponentName;
import dev.bartizan.updater.install.Components;
import dev.bartizan.updater.install.Deployment;
import dev.bartizan.updater.install.Release;
import dev.bartizan.updater.store.ObjectStore;
import dev.bartizan.updater.store.ObjectWriter;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Gets a release's files by the way that costs the fewest bytes. */
public final class ReleasePayloads implements ComponentPayloads {
  private static final String FORMAT = "onnx";

  private final TrustedDocuments documents;
  private final Delivery delivery;
  private final ObjectStore store;
  private final ReleaseKeys keys;
  private final DeltaUpdate rebuild;
  private final ChunkReassembly reassembly;
  private final Planner planner;

  public ReleasePayloads(
      TrustedDocuments documents,
      Delivery delivery,
      ObjectStore store,
      ReleaseKeys keys,
      DeltaUpdate rebuild,
      ChunkReassembly reassembly) {
    this.documents = documents;
    this.delivery = delivery;
    this.store = store;
    this.keys = keys;
    this.rebuild = rebuild;
    this.reassembly = reassembly;
    this.planner = new Planner(documents, store);
  }

  @Override
  public UpdatePlan look(ComponentName model, Release to, Components installed)
      throws IOException, Refusal {
    ReleaseManifest manifest = ReleaseManifest.parse(manifestOf(model, to));
    return planner.plan(to, manifest, installed.releases(model));
  }

  @Override
  public UpdatePlan plan(Deployment deployment, Components installed) throws IOException, Refusal {
    refuseUnsuitable(deployment, ReleaseManifest.parse(manifestOf(deployment)));
    if (!isInstalled(deployment.to().manifest())) {
      keys.fetch(deployment.to().manifest());
    }
    while (true) { // A way that is not is avoided from then on: there are ever fewer.
      UpdatePlan plan = look(deployment.component(), deployment.to(), installed);
      if (obtainKeys(plan)) {
        return plan;
      }
    }
  }

  @Override
  public UpdatePlan recall(WrittenStrategy written, Deployment deployment, Components installed)
      throws IOException, Refusal {
    ReleaseManifest manifest = ReleaseManifest.parse(manifestOf(deployment));
    List<Release> releases = installed.releases(deployment.component());
    return planner.recall(written, deployment.to(), manifest, releases);
  }

  /**
   * Gets those of the releases between; false when one is not to be had: a way that leads through a
   * closed release is none, and is avoided from then on.
   */
  private boolean obtainKeys(UpdatePlan plan) throws IOException, Refusal {
    if (plan.strategy() instanceof TransferStrategy.Differences differences) {
      for (TransferStrategy.Link link : differences.links()) {
        if (!obtainKey(link)) {
          planner.avoid(link.offer().file().digest());
          return false;
        }
      }
    }
    return true;
  }

  private boolean obtainKey(TransferStrategy.Link link) throws IOException, Refusal {
    try {
      keys.require(link.to().manifest());
      return true;
    } catch (Refusal none) {
      return false;
    }
  }

  /** All the plan needs, before its first byte: an update must not die of a full disk half way. */
  @Override
  public void setAside(Deployment deployment, UpdatePlan plan) throws IOException, Refusal {
    ReleaseManifest manifest = ReleaseManifest.parse(manifestOf(deployment));
    for (EncryptedFile file : plan.files(manifest, store)) {
      store.reserve(file.digest(), file.length());
    }
  }

  @Override
  public Optional<Set<Digest>> fetch(Deployment deployment, UpdatePlan plan)
      throws IOException, Refusal {
    byte[] document = manifestOf(deployment);
    ReleaseManifest manifest = ReleaseManifest.parse(document);
    Digest release = store.put(document);
    keys.require(release);
    if (!obtainKeys(plan)) {
      throw new PlanRefusal(PlanRefusal.Code.CLOSED, "no key for a release between");
    }
    for (EncryptedFile file : plan.missing(store)) {
      ObjectWriter writer = store.begin(file.digest(), file.length());
      if (!delivery.advance(file.path(), file.length(), writer)) {
        return Optional.empty();
      }
    }
    return isMade(deployment, manifest, plan.strategy())
        ? Optional.of(objects(release, manifest))
        : Optional.empty();
  }

  /**
   * Makes the model from what is held, unless it has been; false when there is more to come.
   *
   * @throws Refusal when it failed, and policy does not pay for the whole
   */
  private boolean isMade(Deployment deployment, ReleaseManifest manifest, TransferStrategy strategy)
      throws IOException, Refusal {
    if (store.holds(manifest.whole().digest())) {
      return true;
    }
    if (strategy instanceof TransferStrategy.Differences differences) {
      rebuild(deployment, differences);
    } else if (strategy instanceof TransferStrategy.Parts parts) {
      return putTogether(deployment, manifest, parts);
    }
    return true;
  }

  private void rebuild(Deployment deployment, TransferStrategy.Differences strategy)
      throws IOException, Refusal {
    Release base = strategy.base();
    for (TransferStrategy.Link link : strategy.links()) {
      Digest delta = link.offer().file().digest();
      try {
        if (!store.holds(link.whole().digest())) {
          store.put(manifestOf(deployment.component(), link.to()));
          rebuild.make(deployment.component().name(), link.to(), base, link.offer());
        }
      } catch (Refusal useless) {
        throw giveUp(delta, useless, deployment);
      }
      store.discard(delta);
      base = link.to();
    }
  }

  private boolean putTogether(
      Deployment deployment, ReleaseManifest manifest, TransferStrategy.Parts strategy)
      throws IOException, Refusal {
    try {
      return reassembly.advance(deployment.component().name(), deployment.to(), strategy);
    } catch (UpdateRefusal overBudget) {
      throw overBudget;
    } catch (Refusal useless) {
      throw giveUp(manifest.whole().digest(), useless, deployment);
    }
  }

  /** The way by this file is closed: another is taken where policy pays for one. */
  private Refusal giveUp(Digest file, Refusal useless, Deployment deployment) {
    if (!delivery.allowsWholeAfter(useless, deployment)) {
      return useless;
    }
    planner.avoid(file);
    return new PlanRefusal(PlanRefusal.Code.CLOSED, "by " + file + ": " + useless.getMessage());
  }

  private static Set<Digest> objects(Digest release, ReleaseManifest manifest) {
    Set<Digest> objects = new HashSet<>(Set.of(release, manifest.whole().digest()));
    manifest.golden().ifPresent(golden -> objects.add(golden.file().digest()));
    return objects;
  }

  private byte[] manifestOf(Deployment deployment) throws IOException, Refusal {
    return manifestOf(deployment.component(), deployment.to());
  }

  private byte[] manifestOf(ComponentName model, Release release) throws IOException, Refusal {
    String path = new ReleaseName(model.name(), release.version()).modelTarget();
    return SignedManifest.get(documents, path, release);
  }

  private void refuseUnsuitable(Deployment deployment, ReleaseManifest manifest)
      throws IOException, Refusal {
    if (!manifest.format().equals(FORMAT)) {
      throw new UpdateRefusal(
          UpdateRefusal.Reason.UNSUPPORTED_FORMAT,
          manifest.release() + " is for " + manifest.format() + ", this agent runs " + FORMAT);
    }
    Optional<ReleaseManifest> active = planner.manifestOf(deployment.from());
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
  private boolean isInstalled(Digest release) throws IOException, Refusal {
    return store.holds(release) && keys.holds(release);
  }
}
