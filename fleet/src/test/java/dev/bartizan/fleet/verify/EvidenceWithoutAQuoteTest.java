// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.boot.BootLogs;
import dev.bartizan.crypto.keystore.DeviceKeystore;
import dev.bartizan.crypto.keystore.Protection;
import dev.bartizan.crypto.tpm.PcrSelection;
import dev.bartizan.crypto.tpm.Swtpm;
import dev.bartizan.fleet.FleetOfOne;
import dev.bartizan.fleet.MovableClock;
import dev.bartizan.protocol.evidence.AgentEvent;
import dev.bartizan.protocol.evidence.AgentLog;
import dev.bartizan.protocol.evidence.Evidence;
import dev.bartizan.protocol.evidence.EvidenceWriter;
import dev.bartizan.protocol.evidence.HealthClaims;
import dev.bartizan.protocol.evidence.ModelState;
import dev.bartizan.protocol.evidence.Nonce;
import dev.bartizan.protocol.result.AttestationResult;
import dev.bartizan.protocol.result.TrustClaim;
import dev.bartizan.protocol.result.TrustTier;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a device that cannot quote is believed, which is little. */
class EvidenceWithoutAQuoteTest {
  private static final Nonce NONCE = new Nonce(Bytes.of(new byte[16]));
  private static final Digest RELEASE = Digest.of(new byte[] {1});
  private static final PcrSelection BOOT = PcrSelection.parse("sha256:7");

  private static Swtpm chip;

  private final MovableClock clock = new MovableClock();
  @TempDir private Path folder;
  private FleetOfOne fleet;
  private DeviceKeystore device;
  private AgentLog log = AgentLog.empty(AgentLog.DEFAULT_PCR);

  @BeforeAll
  static void powerOn() throws IOException {
    chip = Swtpm.manufacture();
  }

  @AfterAll
  static void powerOff() throws IOException {
    chip.close();
  }

  @BeforeEach
  void enrol() throws Exception {
    fleet = new FleetOfOne(folder, chip, clock);
    device = FleetOfOne.softwareDevice();
    fleet.enrolKeys(device, fleet.keysDesk(Set.of(Protection.Kind.SOFTWARE)));
    fleet
        .directory()
        .write(
            "releases.json",
            "{\"schema\":\"bartizan-known-releases/1\",\"releases\":[{\"name\":\"defect\",\"version\":\"2.1.0\",\"digests\":[\"%s\"]}]}"
                .formatted(RELEASE.hex())
                .getBytes(StandardCharsets.UTF_8));
    log = log.plus(AgentEvent.model("defect", "2.1.0", RELEASE));
  }

  @Test
  void itIsAWarningInEveryClaimAndAffirmsNothing() throws Exception {
    Evidence evidence = evidence("software");
    assertEquals(Optional.empty(), evidence.quote());
    AttestationResult result = appraise(evidence);
    assertEquals(TrustTier.WARNING, result.status(), () -> result.reasons().toString());
    assertEquals(
        Map.of(
            TrustClaim.INSTANCE_IDENTITY, 32,
            TrustClaim.HARDWARE, 32,
            TrustClaim.STORAGE_OPAQUE, 32),
        result.vector());
    assertReason("NO_CHIP", result);
    assertReason("NO_QUOTE", result);
  }

  // Attack: another log beside honest claims.
  @Test
  void aLogThatTheClaimsDoNotCoverIsContraindicated() throws Exception {
    Evidence good = evidence("software");
    Evidence swapped =
        new Evidence(
            good.eat(),
            good.quote(),
            log.plus(AgentEvent.model("defect", "9.0.0", RELEASE)),
            BootLogs.none());
    contraindicated("NOT_BOUND", swapped);
  }

  // Attack: a quote by some chip makes the report look better.
  @Test
  void aQuoteByAChipThatWasNeverEnrolledDoesNotHelp() throws Exception {
    Evidence good = evidence("software");
    Evidence dressedUp =
        new Evidence(
            good.eat(),
            Optional.of(FleetOfOne.device(chip).quote(BOOT, Bytes.of(new byte[32]))),
            good.log(),
            BootLogs.none());
    contraindicated("NOT_BOUND", dressedUp);
  }

  @Test
  void aKeystoreThatIsNotTheEnrolledKindIsContraindicated() throws Exception {
    contraindicated("KEYSTORE_CHANGED", evidence("pkcs11"));
  }

  // Attack: a device with a chip leaves its quote out, to be judged more mildly.
  @Test
  void aDeviceWithAChipCannotLeaveItsQuoteOut() throws Exception {
    DeviceKeystore withChip = FleetOfOne.device(chip);
    fleet.enrol(withChip);
    Evidence whole =
        new EvidenceWriter(withChip, BOOT)
            .write(NONCE, health("tpm2"), log, BootLogs.none(), clock.instant());
    contraindicated(
        "NO_QUOTE", new Evidence(whole.eat(), Optional.empty(), whole.log(), BootLogs.none()));
  }

  @Test
  void aRecordedReportDoesNotAnswerANewNonce() throws Exception {
    Evidence recorded = evidence("software");
    AttestationResult result =
        verifier().appraise(recorded, new Nonce(Bytes.of(new byte[17])), clock.instant()).result();
    assertEquals(TrustTier.CONTRAINDICATED, result.status());
    assertReason("WRONG_NONCE", result);
  }

  @Test
  void aModelThatIsNoReleaseOrServesUnmeasuredIsStillSeen() throws Exception {
    log = AgentLog.empty(AgentLog.DEFAULT_PCR).plus(AgentEvent.model("other", "1.0.0", RELEASE));
    Evidence evidence = evidence("software");
    assertReason("UNKNOWN_MODEL", appraise(evidence));
    log = AgentLog.empty(AgentLog.DEFAULT_PCR);
    contraindicated("MODEL_NOT_MEASURED", evidence("software"));
  }

  private void contraindicated(String code, Evidence evidence) throws Exception {
    AttestationResult result = appraise(evidence);
    assertReason(code, result);
    assertEquals(TrustTier.CONTRAINDICATED, result.status());
  }

  private static void assertReason(String code, AttestationResult result) {
    assertTrue(
        result.reasons().stream().anyMatch(reason -> reason.code().equals(code)),
        () -> "no " + code + " in " + result.reasons());
  }

  private AttestationResult appraise(Evidence evidence) throws Exception {
    Evidence travelled = Evidence.read(evidence.write());
    assertEquals(evidence, travelled);
    return verifier().appraise(travelled, NONCE, clock.instant()).result();
  }

  private Verifier verifier() throws Exception {
    return new Verifier(fleet.registry(), new FileReferences(fleet.directory()).current());
  }

  private Evidence evidence(String keystore) throws Exception {
    return new EvidenceWriter(device, BOOT)
        .write(NONCE, health(keystore), log, BootLogs.none(), clock.instant());
  }

  private static HealthClaims health(String keystore) {
    return new HealthClaims(
        "1.0.0",
        Duration.ofDays(1),
        keystore,
        List.of(new ModelState("defect", "2.1.0", RELEASE, ModelState.State.ACTIVE)),
        Map.of(),
        Optional.empty(),
        Optional.empty(),
        Map.of());
  }
}
