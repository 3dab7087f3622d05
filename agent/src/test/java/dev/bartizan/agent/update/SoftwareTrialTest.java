// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.update;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.crypto.Digest;
import dev.bartizan.protocol.release.ReleaseName;
import dev.bartizan.protocol.release.SoftwareFile;
import dev.bartizan.protocol.release.SoftwareManifest;
import dev.bartizan.updater.disk.Disk;
import dev.bartizan.updater.disk.DurableFile;
import dev.bartizan.updater.disk.FakeDisk;
import dev.bartizan.updater.disk.FileName;
import dev.bartizan.updater.install.Deployment;
import dev.bartizan.updater.install.Initiator;
import dev.bartizan.updater.install.JournalCopy;
import dev.bartizan.updater.install.Release;
import dev.bartizan.updater.install.Verdict;
import dev.bartizan.updater.software.AgentFiles;
import dev.bartizan.updater.software.AgentVersions;
import dev.bartizan.updater.software.Slot;
import dev.bartizan.updater.software.SlotFault;
import dev.bartizan.updater.store.ObjectStore;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A version of the agent on trial, by a launch record and a clock that are moved by hand. */
class SoftwareTrialTest {
  private static final Duration PATIENCE = Duration.ofMinutes(10);
  private static final String FILE = "lib/agent.jar";
  private static final byte[] CONTENT = "the next version".getBytes(StandardCharsets.UTF_8);

  private final FakeDisk disk = new FakeDisk();
  private final AgentVersions versions = new AgentVersions(disk);
  private final ObjectStore store = new ObjectStore(disk, Digest::sha256);
  private final ConnectivityCheck connectivity = new ConnectivityCheck();
  private long nanos;

  @SuppressWarnings("NullAway.Init")
  private Release next;

  @BeforeEach
  void theNextVersionIsLaidDown() throws Exception {
    SoftwareManifest manifest =
        new SoftwareManifest(
            new ReleaseName(AgentFiles.NAME, "2.0.0"),
            Map.of(FILE, new SoftwareFile(CONTENT.length, Digest.of(CONTENT))));
    next = new Release(store.put(manifest.toJson()), "2.0.0");
    lay(CONTENT);
  }

  private void lay(byte[] content) throws Exception {
    versions.clear(Slot.A);
    try (Disk.Output out = versions.create(Slot.A, FILE)) {
      out.write(ByteBuffer.wrap(content));
      out.sync();
    }
    versions.complete(Slot.A, next.manifest());
  }

  /** As the process that was started from {@code slot} sees it. */
  private SoftwareTrial trial(Slot slot) {
    return new SoftwareTrial(
        versions, store, new JournalCopy(disk), slot, PATIENCE, connectivity, () -> nanos);
  }

  private Deployment deployment() {
    return new Deployment(
        "d-1",
        Deployment.Kind.INSTALL,
        SoftwareTrial.AGENT,
        Optional.empty(),
        next,
        Initiator.local("test"),
        Optional.empty(),
        List.of());
  }

  @Test
  void aVersionThatIsAsSignedIsPutOnTrialAndThisProcessEnds() throws Exception {
    SoftwareTrial trial = trial(Slot.BASE);
    assertEquals(Verdict.healthy(), trial.preflight(deployment()));
    assertThrows(NewVersion.class, () -> trial.activate(deployment()));
    assertEquals(Slot.A, versions.record().slot());
    assertTrue(versions.record().isOnTrial());
    assertEquals(PATIENCE.toSeconds(), versions.record().seconds());
  }

  // Attack: change a file of the version after it was fetched, and before it is started.
  @Test
  void aVersionOfWhichOneByteIsAnotherIsNotStarted() throws Exception {
    byte[] other = CONTENT.clone();
    other[0] ^= 1;
    lay(other);
    UpdateRefusal refusal =
        assertThrows(UpdateRefusal.class, () -> trial(Slot.BASE).preflight(deployment()));
    assertEquals(UpdateRefusal.Reason.NOT_AS_SIGNED, refusal.reason());
    assertEquals(Slot.BASE, versions.record().slot());
  }

  @Test
  void theNewProcessDoesNotStartItselfAnew() throws Exception {
    versions.tryOut(Slot.A, 600);
    trial(Slot.A).activate(deployment());
    assertEquals(Slot.A, versions.record().slot());
  }

  @Test
  void aVersionIsHealthyOnceItHasReachedTheFleetAndLastedAWhile() {
    SoftwareTrial trial = trial(Slot.A);
    assertEquals(Verdict.Kind.PENDING, trial.observe().kind());
    connectivity.made();
    assertEquals(Verdict.Kind.PENDING, trial.observe().kind());
    nanos += Duration.ofSeconds(10).toNanos();
    assertEquals(Verdict.Kind.HEALTHY, trial.observe().kind());
  }

  @Test
  void aVersionThatReachesNobodyIsUnhealthyBeforeTheLauncherLosesPatience() {
    SoftwareTrial trial = trial(Slot.A);
    nanos += PATIENCE.toNanos() / 4 * 3 - 1;
    assertEquals(Verdict.Kind.PENDING, trial.observe().kind());
    nanos += 1;
    Verdict verdict = trial.observe();
    assertEquals(Verdict.Kind.UNHEALTHY, verdict.kind());
    assertTrue(verdict.reason().startsWith("NO_CONTACT"), verdict.reason());
  }

  @Test
  void aVersionThatIsGivenUpHandsBackToTheOneBefore() throws Exception {
    versions.tryOut(Slot.A, 600);
    assertThrows(NewVersion.class, () -> trial(Slot.A).restore(deployment()));
    assertEquals(Slot.BASE, versions.record().slot());
    trial(Slot.BASE).restore(deployment());
    assertEquals(Slot.BASE, versions.record().slot());
  }

  @Test
  void aVersionThatTheLauncherGaveUpIsNotTriedAgainAndWhyIsSaid() throws Exception {
    versions.tryOut(Slot.A, 600);
    fall();
    versions.keep(new SlotFault(Slot.A, SlotFault.Kind.DOES_NOT_HOLD, "lib/agent.jar: changed"));
    UpdateRefusal refusal =
        assertThrows(UpdateRefusal.class, () -> trial(Slot.BASE).activate(deployment()));
    assertEquals(UpdateRefusal.Reason.GIVEN_UP, refusal.reason());
    assertTrue(refusal.getMessage().contains("lib/agent.jar: changed"), refusal.getMessage());
  }

  /** The record as the launcher leaves it: started too often, and back at what was installed. */
  private void fall() throws Exception {
    String record =
        """
        bartizan-launch 1
        slot base
        before base
        state kept
        tries 0
        seconds 0
        fallen a
        end
        """;
    DurableFile.replace(
        disk, FileName.of("software/launch"), record.getBytes(StandardCharsets.US_ASCII));
  }
}
