// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.slot;

import dev.bartizan.agent.trust.RollbackAnchor;
import dev.bartizan.agent.update.SoftwareTrial;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.protocol.evidence.AgentEvent;
import dev.bartizan.protocol.release.ReleaseName;
import dev.bartizan.protocol.release.SoftwareManifest;
import dev.bartizan.updater.disk.Disk;
import dev.bartizan.updater.documents.TrustedDocuments;
import dev.bartizan.updater.documents.UnsignedDocument;
import dev.bartizan.updater.install.Release;
import dev.bartizan.updater.install.StandingReleases;
import dev.bartizan.updater.software.AgentFiles;
import dev.bartizan.updater.software.AgentVersions;
import dev.bartizan.updater.software.Slot;
import dev.bartizan.updater.software.SlotFolder;
import dev.bartizan.updater.software.SlotRefusal;
import dev.bartizan.updater.software.SlotRefusal.Reason;
import dev.bartizan.updater.store.ObjectStore;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.Optional;

/** Whether a slot holds the version that this device is to run. */
public final class SlotCheck {
  private final TrustedDocuments documents;
  private final RollbackAnchor state;
  private final Disk disk;
  private final AgentVersions versions;

  public SlotCheck(TrustedDocuments documents, RollbackAnchor state, Disk disk) {
    this.documents = documents;
    this.state = state;
    this.disk = disk;
    this.versions = new AgentVersions(disk);
  }

  /**
   * Looks at everything anew.
   *
   * @return to be measured before anything of it runs: the same event by which that version
   *     measures itself
   * @throws SlotRefusal when it is not that version, to the byte
   * @throws Refusal when what would tell, metadata or anchor, does not hold itself
   * @throws IOException when that is not there, or cannot be read
   */
  public AgentEvent examine(Slot slot, SlotFolder folder) throws Refusal, IOException {
    requireTrustworthyState();
    Digest mark =
        versions
            .find(slot)
            .orElseThrow(() -> new SlotRefusal(slot, Reason.NOT_COMPLETE, "is not complete"));
    Release release = chosen(slot, mark);
    ReleaseName name = new ReleaseName(AgentFiles.NAME, release.version());
    requireSigned(slot, name, release);
    SoftwareManifest manifest = manifest(name, release);
    Optional<String> fault = AgentFiles.outOfPlace(manifest.files().keySet());
    if (fault.isPresent()) {
      throw new SlotRefusal(slot, Reason.NOT_AS_SIGNED, fault.get());
    }
    folder.require(manifest.files());
    return new AgentEvent(
        AgentEvent.Kind.SOFTWARE, release.manifest(), manifest.release().softwareTarget());
  }

  private void requireTrustworthyState() throws Refusal, IOException {
    documents.load();
    if (!documents.isInitialised()) {
      throw new FileNotFoundException("there is no metadata that could vouch for a version");
    }
    state.requireTrustworthy();
  }

  private Release chosen(Slot slot, Digest mark) throws Refusal, IOException {
    Optional<StandingReleases> standing = StandingReleases.read(disk, SoftwareTrial.AGENT);
    if (standing.isEmpty()) {
      throw new FileNotFoundException("there is no journal that could name a version");
    }
    return standing
        .get()
        .find(mark)
        .orElseThrow(
            () ->
                new SlotRefusal(
                    slot, Reason.NOT_CHOSEN, "this device was never brought to " + mark.hex()));
  }

  private void requireSigned(Slot slot, ReleaseName name, Release release)
      throws Refusal, IOException {
    try {
      documents.requireSigned(name.softwareTarget(), release.manifest());
    } catch (UnsignedDocument unsigned) {
      throw new SlotRefusal(slot, Reason.NOT_SIGNED, unsigned);
    }
  }

  private SoftwareManifest manifest(ReleaseName name, Release release) throws Refusal, IOException {
    Optional<byte[]> held = documents.find(name.softwareTarget(), SoftwareManifest.MAX_LENGTH);
    return SoftwareManifest.parse(
        held.isPresent()
            ? held.get()
            : new ObjectStore(disk, Digest::sha256)
                .read(release.manifest(), SoftwareManifest.MAX_LENGTH));
  }
}
