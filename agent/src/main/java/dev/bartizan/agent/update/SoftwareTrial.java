// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.update;

import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.protocol.release.SoftwareFile;
import dev.bartizan.protocol.release.SoftwareManifest;
import dev.bartizan.updater.disk.Disk;
import dev.bartizan.updater.install.Component;
import dev.bartizan.updater.install.ComponentName;
import dev.bartizan.updater.install.Deployment;
import dev.bartizan.updater.install.InstallRefusal;
import dev.bartizan.updater.install.Installer;
import dev.bartizan.updater.install.JournalCopy;
import dev.bartizan.updater.install.Release;
import dev.bartizan.updater.install.Verdict;
import dev.bartizan.updater.software.AgentFiles;
import dev.bartizan.updater.software.AgentVersions;
import dev.bartizan.updater.software.LaunchRecord;
import dev.bartizan.updater.software.Slot;
import dev.bartizan.updater.software.SlotFault;
import dev.bartizan.updater.store.ObjectStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Tries a version of the agent: the launcher starts it, it has to reach the fleet and to go on for
 * a while, or the launcher goes back. The version that judges is the one on trial, so that the last
 * word is the launcher's, which counts starts and seconds.
 */
public final class SoftwareTrial {
  /** The only component of this kind. */
  public static final ComponentName AGENT = ComponentName.software(AgentFiles.NAME);

  private static final Duration PROBATION = Duration.ofSeconds(10);

  /** What a version that was committed must last for each start not to count against it. */
  private static final Duration HEALTHY = Duration.ofSeconds(60);

  private static final int PIECE = 1 << 20;

  private final AgentVersions versions;
  private final ObjectStore store;
  private final JournalCopy journal;
  private final Slot running;
  private final Duration patience;
  private final ConnectivityCheck connectivity;
  private final LongSupplier nanoTime;
  private final long begin;

  /**
   * @param running where this process was started from
   * @param patience how long a trial may take
   * @param nanoTime monotonic: a clock that jumps must not end a trial
   */
  public SoftwareTrial(
      AgentVersions versions,
      ObjectStore store,
      JournalCopy journal,
      Slot running,
      Duration patience,
      ConnectivityCheck connectivity,
      LongSupplier nanoTime) {
    this.versions = versions;
    this.store = store;
    this.journal = journal;
    this.running = running;
    this.patience = patience;
    this.connectivity = connectivity;
    this.nanoTime = nanoTime;
    this.begin = nanoTime.getAsLong();
  }

  Verdict preflight(Deployment deployment) throws IOException, Refusal {
    Slot slot = slotOf(deployment);
    if (slot != running) {
      verify(slot, deployment.to());
    }
    versions.takeNote();
    return Verdict.healthy();
  }

  private void verify(Slot slot, Release release) throws IOException, Refusal {
    SoftwareManifest manifest =
        SoftwareManifest.parse(store.read(release.manifest(), SoftwareManifest.MAX_LENGTH));
    for (Map.Entry<String, SoftwareFile> file : manifest.files().entrySet()) {
      if (!digest(slot, file.getKey()).equals(file.getValue().digest())) {
        throw new UpdateRefusal(UpdateRefusal.Reason.NOT_AS_SIGNED, release + ": " + file.getKey());
      }
    }
  }

  private Digest digest(Slot slot, String path) throws IOException {
    MessageDigest sha256 = Digest.sha256();
    ByteBuffer piece = ByteBuffer.allocate(PIECE);
    try (Disk.Input content = versions.open(slot, path)) {
      for (long at = 0; at < content.size(); at += piece.limit()) {
        content.read(at, piece.clear());
        sha256.update(piece.flip());
      }
    }
    return Digest.ofValue(sha256.digest());
  }

  void activate(Deployment deployment) throws IOException, Refusal {
    Slot slot = slotOf(deployment);
    if (slot == running) {
      return;
    }
    LaunchRecord record = versions.record();
    if (record.fallen().equals(Optional.of(slot))) {
      throw new UpdateRefusal(
          UpdateRefusal.Reason.GIVEN_UP,
          deployment.to() + ": " + faultOf(slot).orElse("did not come up, or not in time"));
    }
    if (record.slot() != slot) {
      journal.take();
      versions.tryOut(slot, (int) patience.toSeconds());
    }
    throw new NewVersion(deployment.to().version());
  }

  Verdict observe() {
    Duration watched = Duration.ofNanos(nanoTime.getAsLong() - begin);
    if (connectivity.isMade()) {
      return watched.compareTo(PROBATION) >= 0
          ? Verdict.healthy()
          : Verdict.pending("on trial for " + PROBATION.minus(watched).toSeconds() + " s more");
    }
    // Before the launcher's patience ends, so that there is a reason to be read.
    return watched.multipliedBy(4).compareTo(patience.multipliedBy(3)) >= 0
        ? Verdict.unhealthy("NO_CONTACT: the repository was not reached")
        : Verdict.pending("has not reached the repository");
  }

  void restore(Deployment deployment) throws IOException, Refusal {
    Optional<Slot> left = versions.slotOf(deployment.to().manifest());
    boolean isLeft = left.isEmpty() || left.get() != versions.record().slot();
    if (!isLeft) {
      versions.goBack();
    }
    if (left.filter(slot -> slot == running).isPresent()) {
      throw new NewVersion(deployment.from().map(Release::version).orElse("installed"));
    }
    versions.takeNote();
  }

  /**
   * Between deployments: what lasts is healthy, and what the launcher did meanwhile is written
   * down.
   */
  public void settle(Installer installer) throws IOException {
    if (installer.current().isPresent()) {
      return;
    }
    settleRecord(installer);
    if (versions.fault().isPresent()) {
      // The agent has told it when it started; in the history it is by now, if it belongs there.
      versions.takeNote();
      versions.forgetFault();
    }
  }

  private void settleRecord(Installer installer) throws IOException {
    Optional<Release> active = installer.components().find(AGENT).flatMap(Component::activeRelease);
    Optional<Slot> wanted =
        active.isEmpty() ? Optional.of(Slot.BASE) : versions.slotOf(active.get().manifest());
    LaunchRecord record = versions.record();
    if (wanted.equals(Optional.of(running))) {
      boolean lasts = nanoTime.getAsLong() - begin >= HEALTHY.toNanos();
      if (record.slot() == running && (record.isOnTrial() || (record.tries() > 0 && lasts))) {
        versions.commit(lasts ? 0 : record.tries());
      }
    } else if (active.isPresent() && record.slot() == running) {
      note(installer, record);
    }
  }

  private void note(Installer installer, LaunchRecord record) throws IOException {
    try {
      String why =
          record.fallen().isPresent()
              ? "GIVEN_UP: "
                  + faultOf(record.fallen().get())
                      .orElse("it was started too often without lasting")
              : "REPLACED: another version was installed";
      installer.fellBack(AGENT, heldHere(installer), why);
      versions.takeNote();
    } catch (InstallRefusal busy) {
      throw new IllegalStateException("there was no deployment", busy);
    }
  }

  /** Why the launcher did not start what is in {@code slot}, where it was not for its tries. */
  private Optional<String> faultOf(Slot slot) throws IOException {
    return versions.fault().filter(it -> it.slot() == slot).map(SlotFault::reason);
  }

  private Optional<Release> heldHere(Installer installer) throws IOException {
    Optional<Digest> here = versions.find(running);
    return installer.components().find(AGENT).stream()
        .flatMap(it -> it.previous().stream())
        .map(it -> it.release())
        .filter(it -> here.equals(Optional.of(it.manifest())))
        .findFirst();
  }

  private Slot slotOf(Deployment deployment) throws IOException, Refusal {
    return versions
        .slotOf(deployment.to().manifest())
        .orElseThrow(
            () ->
                new UpdateRefusal(
                    UpdateRefusal.Reason.NOT_AS_SIGNED,
                    deployment.to() + ": is in neither directory"));
  }
}
