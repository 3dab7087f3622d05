// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.bartizan.crypto.boot.BootLogs;
import dev.bartizan.crypto.keystore.DeviceKeystore;
import dev.bartizan.crypto.tpm.PcrSelection;
import dev.bartizan.crypto.tpm.Swtpm;
import dev.bartizan.fleet.FleetOfOne;
import dev.bartizan.fleet.credential.OperatorKeys;
import dev.bartizan.fleet.device.Device;
import dev.bartizan.fleet.enrol.AllowedChips;
import dev.bartizan.protocol.evidence.AgentLog;
import dev.bartizan.protocol.evidence.Evidence;
import dev.bartizan.protocol.evidence.EvidenceWriter;
import dev.bartizan.protocol.evidence.HealthClaims;
import dev.bartizan.protocol.result.AttestationResult;
import dev.bartizan.protocol.result.TrustClaim;
import dev.bartizan.protocol.result.TrustTier;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class VerifierTest extends EnrolledDevice {
  @Test
  void aGoodDeviceIsAffirmed() throws Exception {
    AttestationResult result = appraise(evidence()).result();

    assertEquals(List.of(), result.reasons());
    assertEquals(TrustTier.AFFIRMING, result.status());
    assertEquals(
        Map.of(
            TrustClaim.INSTANCE_IDENTITY, 2,
            TrustClaim.CONFIGURATION, 2,
            TrustClaim.EXECUTABLES, 3,
            TrustClaim.FILE_SYSTEM, 2,
            TrustClaim.HARDWARE, 2,
            TrustClaim.STORAGE_OPAQUE, 2),
        result.vector());
  }

  @Test
  void aChipThatNoMakerHasCertifiedIsAWarningAtBestAndEachResultSaysSo() throws Exception {
    new AllowedChips(fleet.directory())
        .allow(FleetOfOne.endorsementDigest(device), clock.instant());
    fleet.enrolAllowed(device);

    AttestationResult result = appraise(evidence()).result();
    assertReason("NO_EK_CERTIFICATE", TrustTier.WARNING, result);
    assertEquals(32, result.vector().get(TrustClaim.HARDWARE));
    assertEquals(32, result.vector().get(TrustClaim.STORAGE_OPAQUE));
    clock.advance(Duration.ofDays(8));
    assertReason("NO_EK_CERTIFICATE", TrustTier.WARNING, appraise(evidence()).result());
    fleet.registry().change(device.ueid(), Device.State.QUARANTINED);
    assertReason("NO_EK_CERTIFICATE", TrustTier.CONTRAINDICATED, appraise(evidence()).result());
  }

  @Test
  void theResultTravelsSignedByTheVerifier() throws Exception {
    AttestationResult result = appraise(evidence()).result();
    OperatorKeys keys = new OperatorKeys(fleet.directory());

    String jwt = result.sign(keys.signer(OperatorKeys.VERIFIER));

    assertEquals(result, AttestationResult.accept(jwt, keys.publicKey(OperatorKeys.VERIFIER)));
  }

  @Test
  void withoutReferenceValuesTheAnswerIsNotGood() throws Exception {
    fleet.directory().delete("reference.json");

    reasonOf("NO_REFERENCE", TrustTier.WARNING, evidence());
  }

  @Test
  void aDeviceThatNeverEnrolledIsNotRecognised() throws Exception {
    try (Swtpm strange = Swtpm.manufacture()) {
      DeviceKeystore stranger = FleetOfOne.device(strange);
      AgentLog empty = AgentLog.empty(AgentLog.DEFAULT_PCR);
      Evidence evidence =
          new EvidenceWriter(stranger, PcrSelection.parse("sha256:0,7"))
              .write(NONCE, health("1.0.0"), empty, BootLogs.none(), clock.instant());

      reasonOf("UNKNOWN_DEVICE", TrustTier.CONTRAINDICATED, evidence);
    }
  }

  @Test
  void aRevokedDeviceIsContraindicatedHoweverGoodItIs() throws Exception {
    fleet.registry().change(device.ueid(), Device.State.QUARANTINED);
    reasonOf("QUARANTINED", TrustTier.CONTRAINDICATED, evidence());

    fleet.registry().change(device.ueid(), Device.State.REVOKED);
    reasonOf("REVOKED", TrustTier.CONTRAINDICATED, evidence());
  }

  @Test
  void aProfileOfWhichNothingIsSaidIsNotAffirmed() throws Exception {
    know(
        "reference.json",
        "{\"schema\":\"bartizan-known-profiles/1\",\"profiles\":{\"default\":{}}}");

    reasonOf("NO_REFERENCE", TrustTier.WARNING, evidence());
  }

  @Test
  void anIdentityThatWasNotRenewedIsNotAffirmed() throws Exception {
    clock.advance(Duration.ofDays(8));

    reasonOf("IDENTITY_EXPIRED", TrustTier.WARNING, evidence());
  }

  @Test
  void oldEvidenceIsNotAffirmed() throws Exception {
    Evidence evidence = evidence();
    clock.advance(Duration.ofMinutes(11));

    reasonOf("EXPIRED", TrustTier.WARNING, evidence);
  }

  @Test
  void aFailedCheckOfTheDevicesOwnIsPassedOn() throws Exception {
    HealthClaims failing =
        new HealthClaims(
            "1.0.0",
            Duration.ofSeconds(5),
            "tpm2",
            List.of(),
            Map.of("lockdown", HealthClaims.Outcome.FAIL),
            Optional.empty(),
            Optional.empty(),
            Map.of());

    reasonOf("SELF_CHECK_FAILED", TrustTier.WARNING, evidence(failing));
  }
}
