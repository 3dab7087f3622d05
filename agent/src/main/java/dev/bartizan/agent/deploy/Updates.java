// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.deploy;

import dev.bartizan.agent.repository.OfflineSource;
import dev.bartizan.agent.trust.Trust;
import dev.bartizan.agent.trust.TrustedClock;
import dev.bartizan.agent.update.ComponentRouter;
import dev.bartizan.agent.update.ConnectivityCheck;
import dev.bartizan.agent.update.SuiteDocuments;
import dev.bartizan.agent.update.UpdateEstimate;
import dev.bartizan.agent.update.UpdateRefusal;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.protocol.release.DevicePolicy;
import dev.bartizan.protocol.release.ReleaseName;
import dev.bartizan.protocol.release.SuiteManifest;
import dev.bartizan.updater.documents.TrustedDocuments;
import dev.bartizan.updater.fetch.FetchRefusal;
import dev.bartizan.updater.install.Component;
import dev.bartizan.updater.install.ComponentKind;
import dev.bartizan.updater.install.ComponentName;
import dev.bartizan.updater.install.DeploymentRequest;
import dev.bartizan.updater.install.Initiator;
import dev.bartizan.updater.install.InstallRefusal;
import dev.bartizan.updater.install.Installer;
import dev.bartizan.updater.install.Release;
import dev.bartizan.updater.tuf.SignedBy;
import dev.bartizan.updater.tuf.TargetFile;
import dev.bartizan.updater.tuf.TufRefusal;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Looks for releases, which the worker does since servers are asked, and orders them, which the
 * agent's thread does since it owns the installer.
 */
public final class Updates {
  private static final String RELEASE_FILE = "release.json";
  private static final String SUITE_FILE = "suite.json";

  private final TrustedDocuments documents;
  private final Installer installer;
  private final ComponentRouter components;
  private final List<String> wanted;
  private final TrustedClock clock;
  private final ConnectivityCheck connectivity;
  private final OfflineSource offline;

  /** Local commands that have a bundle inserted, or look into it, and have not ordered yet. */
  private final AtomicInteger looking = new AtomicInteger();

  Updates(
      Trust trust,
      Installer installer,
      ComponentRouter components,
      ConnectivityCheck connectivity,
      OfflineSource offline) {
    this.clock = trust.clock();
    this.connectivity = connectivity;
    this.offline = offline;
    this.documents = trust.documents();
    this.installer = installer;
    this.components = components;
    this.wanted = trust.bootCheck().documents();
  }

  /** Brings metadata and the documents this device lives by up to date. */
  void refresh() throws Refusal, IOException, InterruptedException {
    try {
      documents.refresh(wanted);
      clock.verified();
    } catch (IOException away) {
      connectivity.madeIfSlow(away);
      throw away;
    } catch (FetchRefusal refused) {
      connectivity.madeIfSlow(refused);
      throw refused;
    } catch (TufRefusal refused) {
      throw offline.isInserted() && refused.kind() == TufRefusal.Code.EXPIRED
          ? new UpdateRefusal(
              UpdateRefusal.Reason.OFFLINE_EXPIRED, "bundle: " + refused.getMessage())
          : refused;
    }
    if (!offline.isInserted()) {
      connectivity.made();
    }
  }

  /**
   * Asks a bundle in the place of the network, until the deployment that is ordered from it ends.
   *
   * @throws InstallRefusal BUSY: another deployment is fetching from the network
   */
  public void insert(Path bundle) throws IOException, Refusal {
    installer.requireIdle();
    offline.insert(bundle);
  }

  /** Somebody looks, and will order or {@link #lookedUp}: a bundle stays in until then. */
  public void looksUp() {
    looking.incrementAndGet();
  }

  public void lookedUp() {
    looking.decrementAndGet();
  }

  /** Back to the network, unless something is under way; while the worker reads nothing. */
  void ejectWhenIdle() throws IOException {
    if (offline.isInserted() && looking.get() == 0 && installer.current().isEmpty()) {
      offline.eject();
    }
  }

  /** Which metadata is trusted now, whoever had it refreshed. */
  Optional<Digest> metadata() {
    return documents.setDigest();
  }

  /** By how much the machine's clock is behind what metadata has shown. */
  Duration clockIsBehind() {
    return clock.behind();
  }

  /**
   * A release that could be installed.
   *
   * @param component a model or a suite
   * @param signed who vouches for it
   * @param members of a suite; else empty
   */
  public record Offer(
      ComponentName component,
      Release release,
      Optional<SignedBy> signed,
      UpdateEstimate estimate,
      Map<ComponentName, Release> members) {}

  /**
   * What an order would mean: which release, and how it would be had.
   *
   * @param version empty for the newest
   */
  public Offer look(ComponentName component, Optional<String> version)
      throws Refusal, IOException, InterruptedException {
    refresh();
    return offer(component, version);
  }

  private Offer offer(ComponentName component, Optional<String> version)
      throws Refusal, IOException, InterruptedException {
    boolean isSuite = component.kind() == ComponentKind.SUITE;
    ReleaseName name = named(component, version);
    String target = isSuite ? name.suiteTarget() : name.modelTarget();
    byte[] document = documents.get(target);
    Release release = new Release(Digest.of(document), name.version());
    Map<ComponentName, Release> members =
        isSuite ? SuiteDocuments.members(SuiteManifest.parse(document)) : Map.of();
    UpdateEstimate estimate =
        components.estimate(
            isSuite ? installer.components().missing(members) : Map.of(component, release),
            installer.components());
    return new Offer(component, release, documents.signedBy(target), estimate, members);
  }

  /** Finds the release that is meant; the installer, asked for it, carries it out step by step. */
  public DeploymentRequest prepare(
      String id, ComponentName component, Optional<String> version, Initiator initiator)
      throws Refusal, IOException, InterruptedException {
    if (component.kind() == ComponentKind.SOFTWARE) {
      Release release = software(component.name(), version);
      return DeploymentRequest.of(id, component, release, initiator);
    }
    return order(id, look(component, version), initiator);
  }

  public static DeploymentRequest order(String id, Offer offer, Initiator initiator) {
    return new DeploymentRequest(
        id, offer.component(), offer.release(), initiator, Optional.empty(), offer.members());
  }

  /** Whether a deployment is under way. */
  boolean isUnderWay() {
    return installer.current().isPresent();
  }

  /** What policy would order, or why it cannot now. */
  record Proposal(ComponentName component, Optional<DeploymentRequest> order, String problem) {}

  /**
   * What policy lets the device do without being told: go to the newest release of its suites, and
   * of those of its models that belong to none. By the metadata at hand: it is fresh, and asking
   * once for each would only keep the worker from its other tasks.
   */
  List<Proposal> proposals(DevicePolicy policy, Instant now) throws InterruptedException {
    List<Proposal> proposals = new ArrayList<>();
    if (!policy.updatesAlone()) {
      return proposals;
    }
    for (ComponentName component : ownChoice(policy)) {
      try {
        if (isNewest(component)) {
          continue;
        }
        String id = "policy-" + component + "-" + now.toEpochMilli();
        Offer offer = offer(component, Optional.empty());
        DeploymentRequest order = order(id, offer, Initiator.policy(DevicePolicy.TARGET, "policy"));
        proposals.add(new Proposal(component, Optional.of(order), ""));
      } catch (Refusal | IOException notNow) {
        String why = String.valueOf(notNow.getMessage());
        proposals.add(new Proposal(component, Optional.empty(), why));
      }
    }
    return proposals;
  }

  /** By what metadata says alone: the release that is active costs no request. */
  private boolean isNewest(ComponentName component) throws Refusal, IOException {
    ReleaseName name = named(component, Optional.empty());
    boolean isSuite = component.kind() == ComponentKind.SUITE;
    Optional<TargetFile> signed =
        documents.target(isSuite ? name.suiteTarget() : name.modelTarget());
    Optional<Digest> active = installer.components().active(component).map(Release::manifest);
    // A suite may be in pieces, and be ordered again.
    return !isSuite && signed.isPresent() && active.equals(Optional.of(signed.get().sha256()));
  }

  private ReleaseName named(ComponentName component, Optional<String> version)
      throws Refusal, IOException {
    boolean isSuite = component.kind() == ComponentKind.SUITE;
    String bare = component.name();
    return version.isPresent()
        ? ReleaseName.parse(bare, version.get(), "update")
        : newest(bare, isSuite ? SUITE_FILE : RELEASE_FILE);
  }

  /**
   * Requests the first that is new: one deployment at a time; the next has its turn when this one
   * has ended.
   */
  void orderFirst(List<Proposal> proposals) throws IOException {
    for (Proposal proposal : proposals) {
      try {
        if (proposal.order().isPresent()) {
          installer.request(proposal.order().get());
          return;
        }
      } catch (InstallRefusal nothingNew) {
        // Active already, or known not to work here.
      }
    }
  }

  /** A member of a suite by itself would take the suite apart. */
  private List<ComponentName> ownChoice(DevicePolicy policy) {
    List<ComponentName> choice = new ArrayList<>();
    Set<ComponentName> bound = new HashSet<>();
    for (Component suite : installer.components().suites()) {
      if (suite.active().isPresent()) {
        choice.add(suite.name());
        bound.addAll(suite.active().get().members().keySet());
      }
    }
    policy.models().stream()
        .map(ComponentName::model)
        .filter(model -> !bound.contains(model))
        .forEach(choice::add);
    return choice;
  }

  private Release software(String name, Optional<String> version)
      throws Refusal, IOException, InterruptedException {
    refresh();
    ReleaseName release = ReleaseName.parse(name, version.orElse(""), "update");
    return new Release(Digest.of(documents.get(release.softwareTarget())), release.version());
  }

  private ReleaseName newest(String name, String file) throws Refusal, IOException {
    String prefix = "models/" + name + "/";
    List<ReleaseName> all = new ArrayList<>();
    for (String path : documents.list(prefix)) {
      String[] segments = path.split("/", -1);
      if (segments.length == 4 && segments[3].equals(file)) {
        all.add(ReleaseName.parse(segments[1], segments[2], "metadata"));
      }
    }
    return all.stream()
        .max(new VersionOrder())
        .orElseThrow(() -> new Malformed("update: no release of " + name + " is signed"));
  }
}
