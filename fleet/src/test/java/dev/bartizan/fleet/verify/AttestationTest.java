// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.boot.BootLogs;
import dev.bartizan.crypto.keystore.Ueid;
import dev.bartizan.fleet.FleetOfOne;
import dev.bartizan.fleet.attest.Attestation;
import dev.bartizan.fleet.attest.AttestationRefusal;
import dev.bartizan.fleet.attest.LogStore;
import dev.bartizan.fleet.database.Databases;
import dev.bartizan.fleet.device.Device;
import dev.bartizan.protocol.evidence.CompactEvidence;
import dev.bartizan.protocol.evidence.Evidence;
import dev.bartizan.protocol.evidence.EvidenceWriter;
import dev.bartizan.protocol.evidence.MissingLogs;
import dev.bartizan.protocol.evidence.ModelState;
import dev.bartizan.protocol.evidence.Nonce;
import dev.bartizan.protocol.result.AttestationResult;
import dev.bartizan.protocol.result.TrustTier;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A device shows itself to the server, step by step. */
class AttestationTest extends EnrolledDevice {
  private Attestation attestation;
  private Device known;

  @BeforeEach
  void serve() throws Exception {
    attestation = server();
    known = fleet.registry().get(device.ueid());
  }

  private Attestation server() {
    return new Attestation(
        fleet.registry(),
        new FileReferences(fleet.directory()),
        Databases.of(fleet.directory()).results(),
        Databases.of(fleet.directory()).logs(),
        clock,
        FleetOfOne.RANDOM);
  }

  private Evidence shown(Nonce nonce, BootLogs logs) throws Exception {
    ModelState served = new ModelState("defect", "2.1.0", RELEASE, ModelState.State.ACTIVE);
    return new EvidenceWriter(device, BOOT)
        .write(nonce, health("1.0.0", served), log, logs, clock.instant());
  }

  private CompactEvidence compact(Nonce nonce) throws Exception {
    return CompactEvidence.read(CompactEvidence.of(shown(nonce, golden)).write());
  }

  private Nonce nonce() throws Exception {
    return attestation.nonce(device.ueid()).nonce();
  }

  private void bringLog() throws Exception {
    Bytes firmware = golden.firmware().orElseThrow();
    attestation.bring(device.ueid(), Digest.of(firmware.toArray()), firmware);
  }

  private void refusedAs(AttestationRefusal.Reason reason, CompactEvidence evidence) {
    AttestationRefusal refused =
        assertThrows(AttestationRefusal.class, () -> attestation.appraise(known, evidence));
    assertEquals(reason, refused.reason());
  }

  @Test
  void theLogTravelsOnceAndTheResultIsKept() throws Exception {
    CompactEvidence first = compact(nonce());
    assertThrows(MissingLogs.class, () -> attestation.appraise(known, first));
    bringLog();

    AttestationResult result = attestation.appraise(known, first);

    assertEquals(TrustTier.AFFIRMING, result.status(), result.reasons().toString());
    assertEquals(
        Optional.of(result), Databases.of(fleet.directory()).results().latest(device.ueid()));
    clock.advance(Duration.ofMinutes(1));
    assertEquals(TrustTier.AFFIRMING, attestation.appraise(known, compact(nonce())).status());
  }

  // Attack: the same evidence again.
  @Test
  void aNonceIsGoodForOneResult() throws Exception {
    bringLog();
    CompactEvidence evidence = compact(nonce());
    attestation.appraise(known, evidence);

    refusedAs(AttestationRefusal.Reason.NO_NONCE, evidence);
  }

  @Test
  void evidenceNobodyAskedForIsNotAppraised() throws Exception {
    bringLog();
    refusedAs(AttestationRefusal.Reason.NO_NONCE, compact(NONCE));
    CompactEvidence asked = compact(nonce());
    attestation = server();
    refusedAs(AttestationRefusal.Reason.NO_NONCE, asked);
  }

  @Test
  void aNonceRunsOut() throws Exception {
    bringLog();
    CompactEvidence evidence = compact(nonce());
    clock.advance(Duration.ofMinutes(5));
    refusedAs(AttestationRefusal.Reason.NO_NONCE, evidence);
  }

  // Attack: evidence for the nonce before, from before the machine was changed.
  @Test
  void evidenceForAnotherNonceIsAppraisedAndContraindicated() throws Exception {
    bringLog();
    CompactEvidence old = compact(nonce());
    nonce();
    assertEquals(TrustTier.CONTRAINDICATED, attestation.appraise(known, old).status());
  }

  // Attack: a broken device shows what a good one said.
  @Test
  void evidenceAboutAnotherDeviceIsRefused() throws Exception {
    Device other =
        new Device(
            Ueid.of(Digest.of(new byte[] {1})),
            known.state(),
            known.profile(),
            known.groups(),
            known.enrolledAt(),
            known.keystore(),
            known.chip(),
            known.identity(),
            known.unwrap(),
            known.lastBoot(),
            false);
    Nonce nonce = attestation.nonce(other.ueid()).nonce();
    CompactEvidence evidence = compact(nonce);

    AttestationRefusal refused =
        assertThrows(AttestationRefusal.class, () -> attestation.appraise(other, evidence));

    assertEquals(AttestationRefusal.Reason.OTHER_DEVICE, refused.reason());
  }

  @Test
  void aLogUnderAnotherNameIsRefused() throws Exception {
    Digest name = Digest.of(golden.firmware().orElseThrow().toArray());
    AttestationRefusal refused =
        assertThrows(
            AttestationRefusal.class,
            () -> attestation.bring(device.ueid(), name, Bytes.of(new byte[] {1})));
    assertEquals(AttestationRefusal.Reason.OTHER_LOG, refused.reason());
  }

  // Attack: a device fills the server's disk with logs.
  @Test
  void ofEachDeviceOnlySoManyLogsAreKept() throws Exception {
    LogStore logs = Databases.of(fleet.directory()).logs();
    for (int i = 0; i < 40; i++) {
      logs.keep(device.ueid(), Bytes.of(new byte[] {(byte) i}));
    }
    int kept = 0;
    for (int i = 0; i < 40; i++) {
      kept += logs.find(device.ueid(), Digest.of(new byte[] {(byte) i})).isPresent() ? 1 : 0;
    }
    assertTrue(kept < 20, kept + " are kept");
    assertTrue(logs.find(device.ueid(), Digest.of(new byte[] {39})).isPresent());
    assertFalse(logs.find(device.ueid(), Digest.of(new byte[] {0})).isPresent());
  }

  @Test
  void aLogThatWasChangedInTheDatabaseIsNotThere() throws Exception {
    bringLog();
    Databases.forge(fleet.directory(), "UPDATE boot_log SET content = ?", new byte[] {1});
    CompactEvidence evidence = compact(nonce());
    assertThrows(MissingLogs.class, () -> attestation.appraise(known, evidence));
  }

  @Test
  void aQuarantinedDeviceLearnsWhatIsThoughtOfIt() throws Exception {
    bringLog();
    fleet.registry().change(device.ueid(), Device.State.QUARANTINED);
    AttestationResult result = attestation.appraise(known, compact(nonce()));
    assertNotEquals(TrustTier.AFFIRMING, result.status());
    assertReason("QUARANTINED", TrustTier.CONTRAINDICATED, result);
  }
}
