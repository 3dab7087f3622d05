// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.boot.AcceptedBoot;
import dev.bartizan.crypto.boot.BootLogs;
import dev.bartizan.crypto.boot.ExpectedEvent;
import dev.bartizan.crypto.boot.ReferenceValues;
import dev.bartizan.crypto.eventlog.FirmwareBoot;
import dev.bartizan.crypto.eventlog.LogHash;
import dev.bartizan.crypto.keystore.DeviceKeystore;
import dev.bartizan.crypto.tpm.PcrSelection;
import dev.bartizan.crypto.tpm.PcrValues;
import dev.bartizan.crypto.tpm.Swtpm;
import dev.bartizan.crypto.tpm.TpmHash;
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
import dev.bartizan.protocol.result.TrustTier;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A device with a TPM of its own, enrolled and measured, and the verifier of its fleet. */
abstract class EnrolledDevice {
  static final PcrSelection BOOT =
      PcrSelection.parse("sha256:0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15");

  static final Digest RELEASE =
      Digest.of("release.json of defect 2.1.0".getBytes(StandardCharsets.UTF_8));
  static final Nonce NONCE = Nonce.ofHex("0102030405060708090a0b0c0d0e0f10");

  static final AgentEvent POLICY =
      new AgentEvent(
          AgentEvent.Kind.POLICY, Digest.of("policy".getBytes(StandardCharsets.UTF_8)), "policy 7");

  static final AgentEvent SOFTWARE =
      new AgentEvent(
          AgentEvent.Kind.SOFTWARE,
          Digest.of("software.json of agent 1.0.0".getBytes(StandardCharsets.UTF_8)),
          "software/agent/1.0.0/software.json");

  static Swtpm chip;

  final MovableClock clock = new MovableClock();
  @TempDir Path folder;
  DeviceKeystore device;
  FleetOfOne fleet;
  BootLogs golden = BootLogs.none();
  AgentLog log = AgentLog.empty(AgentLog.DEFAULT_PCR);

  @BeforeAll
  static void powerOn() throws IOException {
    chip = Swtpm.unmeasured();
  }

  @AfterAll
  static void powerOff() throws IOException {
    chip.close();
  }

  @BeforeEach
  void enrol() throws Exception {
    chip.restart();
    golden = boot("kernel 1");
    device = FleetOfOne.device(chip);
    fleet = new FleetOfOne(folder, chip, clock);
    fleet.enrol(device);
    learn(golden);
    know(
        "releases.json",
        ("{\"schema\":\"bartizan-known-releases/1\",\"releases\":[{\"name\":\"defect\",\"version\":\"2.1.0\",\"digests\":[\"%s\"]}],"
                + "\"software\":[{\"name\":\"agent\",\"version\":\"1.0.0\",\"digests\":[\"%s\"]}]}")
            .formatted(RELEASE.hex(), SOFTWARE.digest().hex()));
    measure(SOFTWARE);
    measure(POLICY);
    measure(AgentEvent.model("defect", "2.1.0", RELEASE));
  }

  /** Measures what a boot of {@code kernel} measures, and gives its log. */
  BootLogs boot(String kernel) throws Exception {
    Bytes log = FirmwareBoot.log(kernel, LogHash.SHA256);
    FirmwareBoot.play(log, chip);
    return BootLogs.of(log);
  }

  BootLogs restart(String kernel) throws Exception {
    chip.restart();
    return boot(kernel);
  }

  void learn(BootLogs golden) throws Exception {
    know(learned(golden));
  }

  /** The agent has measured nothing yet, or into its own PCR. */
  ReferenceValues learned(BootLogs golden) throws Exception {
    Bytes untouched = Bytes.of(new byte[32]);
    PcrValues values = device.readPcrs(BOOT).with(TpmHash.SHA256, log.pcr(), untouched);
    return ReferenceValues.learn("default", values, golden);
  }

  void know(ReferenceValues reference) throws Exception {
    String document = new String(reference.toJson(), StandardCharsets.UTF_8);
    know(
        "reference.json",
        "{\"schema\":\"bartizan-known-profiles/1\",\"profiles\":{\"default\":" + document + "}}");
  }

  Evidence evidence(BootLogs logs) throws Exception {
    ModelState served = new ModelState("defect", "2.1.0", RELEASE, ModelState.State.ACTIVE);
    return new EvidenceWriter(device, BOOT)
        .write(NONCE, health("1.0.0", served), log, logs, clock.instant());
  }

  /** Measures again, after a restart, what the agent has loaded. */
  void measure() throws Exception {
    for (AgentEvent event : log.events()) {
      device.measure(log.pcr(), event.measurement());
    }
  }

  static ReferenceValues without(AcceptedBoot boot, String pcr) {
    Map<String, Set<String>> values = new TreeMap<>(boot.values());
    Map<String, List<ExpectedEvent>> events = new TreeMap<>(boot.events());
    values.keySet().removeIf(it -> it.endsWith(pcr));
    events.keySet().removeIf(it -> it.endsWith(pcr));
    return new ReferenceValues(
        "default", List.of(new AcceptedBoot(values, events, boot.secureBoot(), boot.open())));
  }

  void reasonOf(String code, TrustTier tier, Evidence evidence) throws Exception {
    Evidence travelled = Evidence.read(evidence.write());
    assertEquals(evidence, travelled);
    assertReason(code, tier, appraise(travelled).result());
  }

  static void assertReason(String code, TrustTier tier, AttestationResult result) {
    assertTrue(
        result.reasons().stream().anyMatch(reason -> reason.code().equals(code)),
        () -> "no " + code + " in " + result.reasons());
    assertEquals(tier, result.status(), () -> result.reasons().toString());
  }

  Appraisal appraise(Evidence evidence) throws Exception {
    return verifier().appraise(evidence, NONCE, clock.instant());
  }

  Verifier verifier() throws Exception {
    return new Verifier(fleet.registry(), new FileReferences(fleet.directory()).current());
  }

  Evidence evidence() throws Exception {
    ModelState served = new ModelState("defect", "2.1.0", RELEASE, ModelState.State.ACTIVE);
    return log.events().isEmpty() ? evidence(health("1.0.0")) : evidence(health("1.0.0", served));
  }

  Evidence evidence(HealthClaims health) throws Exception {
    return new EvidenceWriter(device, BOOT).write(NONCE, health, log, golden, clock.instant());
  }

  static HealthClaims health(String version, ModelState... models) {
    return new HealthClaims(
        version,
        Duration.ofDays(1),
        "tpm2",
        List.of(models),
        Map.of("model-chain", HealthClaims.Outcome.SUCCESS),
        Optional.of(POLICY.digest()),
        Optional.empty(),
        Map.of("requests", 17L));
  }

  void measure(AgentEvent event) throws Exception {
    log = log.plus(event);
    device.measure(log.pcr(), event.measurement());
  }

  void know(String name, String json) throws IOException {
    fleet.directory().write(name, json.getBytes(StandardCharsets.UTF_8));
  }
}
