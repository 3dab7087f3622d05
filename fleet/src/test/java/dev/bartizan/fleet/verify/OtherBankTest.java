// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.boot.BootLogs;
import dev.bartizan.crypto.boot.ReferenceValues;
import dev.bartizan.crypto.eventlog.FirmwareBoot;
import dev.bartizan.crypto.eventlog.LogHash;
import dev.bartizan.crypto.keystore.DeviceKeystore;
import dev.bartizan.crypto.tpm.BankNotActive;
import dev.bartizan.crypto.tpm.PcrSelection;
import dev.bartizan.crypto.tpm.Swtpm;
import dev.bartizan.crypto.tpm.TpmHash;
import dev.bartizan.fleet.FleetOfOne;
import dev.bartizan.fleet.MovableClock;
import dev.bartizan.fleet.device.Device;
import dev.bartizan.protocol.evidence.AgentEvent;
import dev.bartizan.protocol.evidence.AgentLog;
import dev.bartizan.protocol.evidence.Evidence;
import dev.bartizan.protocol.evidence.EvidenceWriter;
import dev.bartizan.protocol.evidence.HealthClaims;
import dev.bartizan.protocol.evidence.Nonce;
import dev.bartizan.protocol.result.AttestationResult;
import dev.bartizan.protocol.result.TrustTier;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Chips that keep PCRs in other banks than SHA-256, from enrolment to the verifier's word. */
@SuppressWarnings("NullAway.Init") // What a device is made of depends on the banks of its chip.
class OtherBankTest {
  private static final String ALL = ":0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15";
  private static final Nonce NONCE = Nonce.ofHex("00112233445566778899aabbccddeeff");
  private static final Digest FILES = Digest.of(new byte[] {1});
  private static final AgentEvent SOFTWARE =
      new AgentEvent(AgentEvent.Kind.SOFTWARE, FILES, "software/agent/1.0.0/software.json");
  private static final AgentEvent BAD = AgentEvent.model("defect", "6.6.6", FILES);

  private final MovableClock clock = new MovableClock();
  @TempDir private Path folder;
  private Swtpm chip;
  private DeviceKeystore device;
  private FleetOfOne fleet;
  private BootLogs boot;

  @BeforeEach
  void powerOn() throws Exception {
    chip = Swtpm.unmeasured();
  }

  @AfterEach
  void powerOff() {
    chip.close();
  }

  @Test
  void aChipThatKeepsSha384AloneEnrolsMeasuresAndIsAffirmed() throws Exception {
    enrolWithBanks("sha384", TpmHash.SHA384);
    assertEquals(Device.State.ENROLLED, fleet.registry().get(device.ueid()).state());
    EvidenceWriter writer = new EvidenceWriter(device, PcrSelection.parse("sha384" + ALL));
    AgentLog log = measure(AgentLog.empty(writer.agentBank(), 13), SOFTWARE);
    assertEquals(TpmHash.SHA384, log.bank());

    Evidence evidence = evidence(writer, log);
    know(evidence);

    AttestationResult result = appraise(evidence);
    assertEquals(List.of(), result.reasons());
    assertEquals(TrustTier.AFFIRMING, result.status());
    AgentLog longer = measure(log, BAD);
    assertReason("UNKNOWN_MODEL", appraise(evidence(writer, longer)));
    assertReason("LOG_DOES_NOT_REPLAY", appraise(evidence(writer, log)));
  }

  // Attack: the chip says yes to a measurement for a bank it does not keep, and forgets it.
  @Test
  void whatWouldBeMeasuredIntoABankThatIsNotKeptIsRefusedByName() throws Exception {
    enrolWithBanks("sha384", TpmHash.SHA384);
    BankNotActive refused =
        assertThrows(BankNotActive.class, () -> device.measure(13, SOFTWARE.measurement()));
    assertEquals(List.of(TpmHash.SHA384), refused.active());
  }

  // Attack: a bad model was measured, its log is thrown away, and another bank taken.
  @Test
  void aLogInAnotherBankDoesNotHideWhatWasMeasuredInTheFirst() throws Exception {
    enrolWithBanks("sha256,sha384", TpmHash.SHA256);
    PcrSelection quoted = PcrSelection.parse("sha256" + ALL);
    EvidenceWriter writer = new EvidenceWriter(device, quoted);
    AgentLog good = measure(AgentLog.empty(13), SOFTWARE);
    know(evidence(writer, good));
    assertEquals(TrustTier.AFFIRMING, appraise(evidence(writer, good)).status());
    measure(good, BAD);

    AgentLog fresh = measure(AgentLog.empty(TpmHash.SHA384, 13), SOFTWARE);

    AttestationResult result = appraise(evidence(writer, fresh));
    assertNotEquals(TrustTier.AFFIRMING, result.status());
    assertTrue(
        result.reasons().stream().anyMatch(it -> it.detail().contains("sha256:13")),
        result.reasons().toString());
    PcrSelection without = PcrSelection.parse("sha256" + ALL.replace(",13", ""));
    AttestationResult hidden = appraise(evidence(new EvidenceWriter(device, without), fresh));
    assertNotEquals(TrustTier.AFFIRMING, hidden.status(), hidden.reasons().toString());
  }

  private void enrolWithBanks(String banks, TpmHash bank) throws Exception {
    chip.keepBanks(banks);
    Bytes log = FirmwareBoot.log("kernel 1", LogHash.of(bank));
    FirmwareBoot.play(log, chip, bank);
    boot = BootLogs.of(log);
    device = FleetOfOne.device(chip, PcrSelection.parse(bank.text() + ":7"));
    fleet = new FleetOfOne(folder, chip, clock);
    fleet.enrol(device);
  }

  private AgentLog measure(AgentLog log, AgentEvent event) throws Exception {
    device.measure(log.bank(), log.pcr(), event.measurement(log.bank()));
    return log.plus(event);
  }

  private Evidence evidence(EvidenceWriter writer, AgentLog log) throws Exception {
    HealthClaims health =
        new HealthClaims(
            "1.0.0",
            Duration.ofSeconds(1),
            "tpm2",
            List.of(),
            Map.of(),
            Optional.empty(),
            Optional.empty(),
            Map.of());
    return writer.write(NONCE, health, log, boot, clock.instant());
  }

  private void know(Evidence golden) throws Exception {
    ReferenceValues learned =
        GoldenReport.learn("default", golden, NONCE, fleet.registry(), clock.instant());
    String document = new String(learned.toJson(), StandardCharsets.UTF_8);
    write(
        "reference.json",
        "{\"schema\":\"bartizan-known-profiles/1\",\"profiles\":{\"default\":" + document + "}}");
    write(
        "releases.json",
        "{\"schema\":\"bartizan-known-releases/1\",\"releases\":[],\"software\":[{\"name\":\"agent\",\"version\":\"1.0.0\",\"digests\":[\""
            + FILES.hex()
            + "\"]}]}");
  }

  private void write(String name, String json) throws Exception {
    fleet.directory().write(name, json.getBytes(StandardCharsets.UTF_8));
  }

  private AttestationResult appraise(Evidence evidence) throws Exception {
    return new Verifier(fleet.registry(), new FileReferences(fleet.directory()).current())
        .appraise(evidence, NONCE, clock.instant())
        .result();
  }

  private static void assertReason(String code, AttestationResult result) {
    assertTrue(
        result.reasons().stream().anyMatch(it -> it.code().equals(code)),
        result.reasons().toString());
  }
}
