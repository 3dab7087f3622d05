package dev.bartizan.agent;

import dev.bartizan.agent.boot.BootApprovals;
import dev.bartizan.agent.boot.BootCheck;
import dev.bartizan.agent.trust.TrustedDocuments;
import dev.bartizan.agent.update.Contact;
import dev.bartizan.agent.update.OfflineSource;
import dev.bartizan.agent.update.ReleasePayloads;
import dev.bartizan.agent.update.UpdatePlan;
import dev.bartizan.agent.update.UpdateRefusal;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.updater.install.Cause;
import dev.bartizan.updater.install.Component;
import dev.bartizan.updater.install.InstallRefusal;
import dev.bartizan.updater.install.Installer;
import dev.bartizan.updater.install.Order;
import dev.bartizan.updater.install.Release;
import dev.bartizan.updater.release.DevicePolicy;
import dev.bartizan.updater.release.ReleaseManifest;
import dev.bartizan.updater.release.ReleaseName;
import dev.bartizan.updater.tuf.TufRefusal;
import dev.bartizan.updater.tuf.Voucher;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/** Looks for releases, and orders them. Runs in the agent's turn. */
final class Updates {
  private final TrustedDocuments documents;
  private final Installer installer;
  private final ReleasePayloads payloads;
  private final List<String> wanted;
  private final TrustedClock clock;
  private final Contact contact;
  private final OfflineSource offline;

  Updates(
      TrustedDocuments documents,
      Installer installer,
      ReleasePayloads payloads,
      BootCheck bootCheck,
      String profile,
      Contact contact,
      OfflineSource offline,
      TrustedClock clock) {
    this.clock = clock;
    this.contact = contact;
    this.offline = offline;
    this.documents = documents;
    this.installer = installer;
    this.payloads = payloads;
    this.wanted =
        List.of(
            DevicePolicy.TARGET,
            bootCheck.softwareTarget(),
            BootCheck.referenceTarget(profile),
            BootApprovals.target(profile));
  }

  /** Brings metadata and the documents this device lives by up to date. */
  void refresh() throws Refusal, IOException, InterruptedException {
    try {
      documents.refresh(wanted);
      clock.verified();
    } catch (TufRefusal refused) {
      throw offline.isInserted() && refused.kind() == TufRefusal.Code.EXPIRED
          ? new UpdateRefusal(
              UpdateRefusal.Reason.OFFLINE_EXPIRED, "bundle: " + refused.getMessage())
          : refused;
    }
    if (!offline.isInserted()) {
      contact.made();
    }
  }

  /**
   * Asks a bundle in the place of the network, until the deployment that is ordered from it ends.
   *
   * @throws InstallRefusal BUSY: another deployment is fetching from the network
   */
  void insert(Path bundle) throws IOException, Refusal {
    installer.requireIdle();
    offline.insert(bundle);
  }

  /** Back to the network, unless something is under way. */
  void ejectWhenIdle() throws IOException {
    if (offline.isInserted() && installer.current().isEmpty()) {
      offline.eject();
    }
  }

  /** By how much the machine's clock is behind what metadata has shown. */
  Duration clockIsBehind() {
    return clock.behind();
  }

  /** A release that could be installed. */
  record Offer(ReleaseName name, Release release, Optional<Voucher> signed, UpdatePlan plan) {}

  /**
   * What an order would mean: which release, and how it would be had.
   *
   * @param version empty for the newest
   */
  Offer look(String model, Optional<String> version)
      throws Refusal, IOException, InterruptedException {
    refresh();
    ReleaseName name =
        version.isPresent() ? ReleaseName.parse(model, version.get(), "update") : newest(model);
    byte[] document = documents.get(name.modelTarget());
    ReleaseManifest manifest = ReleaseManifest.parse(document);
    Release release = new Release(Digest.of(document), name.version());
    Optional<Voucher> signed = documents.voucher(name.modelTarget());
    return new Offer(name, release, signed, payloads.plan(manifest));
  }

  /** Orders a release; the installer carries it out step by step. */
  void order(String id, String model, Optional<String> version, Cause cause)
      throws Refusal, IOException, InterruptedException {
    Release release =
        model.startsWith(Component.SOFTWARE)
            ? software(model.substring(Component.SOFTWARE.length()), version)
            : look(model, version).release();
    installer.request(new Order(id, model, release, cause, Optional.empty()));
  }

  /**
   * What policy lets the device do without being told: go to the newest release of its models.
   *
   * @param problem hears which model, and why it cannot be updated now
   */
  void orderAlone(DevicePolicy policy, Instant now, BiConsumer<String, String> problem)
      throws InterruptedException {
    if (!policy.updatesAlone() || installer.current().isPresent()) {
      return;
    }
    for (String model : policy.models()) {
      try {
        String id = "policy-" + model + "-" + now.toEpochMilli();
        order(id, model, Optional.empty(), Cause.policy(DevicePolicy.TARGET, "policy"));
        return; // One deployment at a time; the next model has its turn when this one has ended.
      } catch (InstallRefusal nothingNew) {
        // Active already, or known not to work here.
      } catch (Refusal | IOException notNow) {
        problem.accept("update of " + model, String.valueOf(notNow.getMessage()));
      }
    }
  }

  private Release software(String name, Optional<String> version)
      throws Refusal, IOException, InterruptedException {
    refresh();
    ReleaseName release = ReleaseName.parse(name, version.orElse(""), "update");
    return new Release(Digest.of(documents.get(release.softwareTarget())), release.version());
  }

  private ReleaseName newest(String model) throws Refusal, IOException {
    String prefix = "models/" + model + "/";
    List<ReleaseName> all = new ArrayList<>();
    for (String path : documents.list(prefix)) {
      String[] segments = path.split("/", -1);
      if (segments.length == 4 && segments[3].equals("release.json")) {
        all.add(ReleaseName.parse(segments[1], segments[2], "metadata"));
      }
    }
    return all.stream()
        .max(new VersionOrder())
        .orElseThrow(() -> new Malformed("update: no release of " + model + " is signed"));
  }
}
