// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.boot.AcceptedBoot;
import dev.bartizan.crypto.boot.BootLogs;
import dev.bartizan.crypto.boot.ExpectedEvent;
import dev.bartizan.crypto.boot.ReferenceValues;
import dev.bartizan.crypto.eventlog.FirmwareBoot;
import dev.bartizan.crypto.eventlog.LogHash;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.keystore.DeviceKeystore;
import dev.bartizan.crypto.keystore.Quote;
import dev.bartizan.crypto.tpm.BootPcrs;
import dev.bartizan.crypto.tpm.PcrSelection;
import dev.bartizan.crypto.tpm.PcrValues;
import dev.bartizan.crypto.tpm.Swtpm;
import dev.bartizan.crypto.tpm.TpmHash;
import dev.bartizan.fleet.FleetOfOne;
import dev.bartizan.fleet.MovableClock;
import dev.bartizan.fleet.credential.OperatorKeys;
import dev.bartizan.fleet.device.Device;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerifierTest {
  private static final PcrSelection BOOT =
      PcrSelection.parse("sha256:0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15");
  private static final Digest RELEASE =
      Digest.of("release.json of defect 2.1.0".getBytes(StandardCharsets.UTF_8));
  private static final Nonce NONCE = Nonce.ofHex("0102030405060708090a0b0c0d0e0f10");
  private static final Nonce OTHER_NONCE = Nonce.ofHex("ff".repeat(32));
  private static final AgentEvent POLICY =
      new AgentEvent(
          AgentEvent.Kind.POLICY, Digest.of("policy".getBytes(StandardCharsets.UTF_8)), "policy 7");

  private static final AgentEvent SOFTWARE =
      new AgentEvent(
          AgentEvent.Kind.SOFTWARE,
          Digest.of("software.json of agent 1.0.0".getBytes(StandardCharsets.UTF_8)),
          "software/agent/1.0.0/software.json");

  private static Swtpm chip;

  private final MovableClock clock = new MovableClock();
  @TempDir private Path folder;
  private DeviceKeystore device;
  private FleetOfOne fleet;
  private BootLogs golden = BootLogs.none();
  private AgentLog log = AgentLog.empty(AgentLog.DEFAULT_PCR);

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
        ("{\"releases\":[{\"name\":\"defect\",\"version\":\"2.1.0\",\"digests\":[\"%s\"]}],"
                + "\"software\":[{\"name\":\"agent\",\"version\":\"1.0.0\",\"digests\":[\"%s\"]}]}")
            .formatted(RELEASE.hex(), SOFTWARE.digest().hex()));
    measure(SOFTWARE);
    measure(POLICY);
    measure(AgentEvent.model("defect", "2.1.0", RELEASE));
  }

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
  void withoutKnownReleasesNoModelIsGood() throws Exception {
    fleet.directory().delete("releases.json");

    reasonOf("UNKNOWN_MODEL", TrustTier.WARNING, evidence());
  }

  // Attack: a report recorded while the device was still good.
  @Test
  void aRecordedReportDoesNotAnswerANewNonce() throws Exception {
    Evidence recorded = evidence();

    AttestationResult result = verifier().appraise(recorded, OTHER_NONCE, clock.instant()).result();

    assertReason("WRONG_NONCE", TrustTier.CONTRAINDICATED, result);
  }

  // Attack: today's claims with yesterday's quote.
  @Test
  void theQuoteOfAnotherReportIsNotBoundToTheseClaims() throws Exception {
    Evidence good = evidence();
    Evidence other = evidence(health("3.0.0"));

    reasonOf(
        "NOT_BOUND",
        TrustTier.CONTRAINDICATED,
        new Evidence(other.eat(), good.quote(), good.log(), golden));
  }

  // Attack: a manipulated model was loaded, and its line is left out.
  @Test
  void aLogWithoutOneOfItsEventsDoesNotReplay() throws Exception {
    measure(AgentEvent.model("defect", "6.6.6", Digest.of(new byte[] {6})));
    Evidence whole = evidence();
    AgentLog shorter = new AgentLog(log.pcr(), log.events().subList(0, 3));

    reasonOf(
        "LOG_DOES_NOT_REPLAY",
        TrustTier.CONTRAINDICATED,
        new Evidence(whole.eat(), whole.quote(), shorter, golden));
    reasonOf("UNKNOWN_MODEL", TrustTier.WARNING, whole);
  }

  // Attack: the digest stays, what it is said to be changes.
  @Test
  void theDescriptionOfAnEventIsCoveredToo() throws Exception {
    Evidence good = evidence();
    AgentLog renamed =
        new AgentLog(
            log.pcr(), List.of(SOFTWARE, POLICY, AgentEvent.model("defect", "2.1.1", RELEASE)));

    reasonOf(
        "LOG_DOES_NOT_REPLAY",
        TrustTier.CONTRAINDICATED,
        new Evidence(good.eat(), good.quote(), renamed, golden));
  }

  // Attack: the agent's own files were changed, and that agent still runs.
  @Test
  void anAgentThatNobodySignedIsNotAffirmed() throws Exception {
    measure(
        new AgentEvent(
            AgentEvent.Kind.SOFTWARE,
            Digest.of(new byte[] {1}),
            "software/agent/1.0.0/software.json"));

    reasonOf("UNKNOWN_SOFTWARE", TrustTier.WARNING, evidence());
  }

  @Test
  void anAgentThatDoesNotMeasureItselfFirstIsNotAffirmed() throws Exception {
    restart("kernel 1");
    log = AgentLog.empty(AgentLog.DEFAULT_PCR);
    measure(POLICY);
    measure(SOFTWARE);
    measure(AgentEvent.model("defect", "2.1.0", RELEASE));

    reasonOf("SOFTWARE_NOT_MEASURED", TrustTier.WARNING, evidence());
  }

  @Test
  void aReleaseUnderAnotherNameIsNotKnown() throws Exception {
    measure(AgentEvent.model("defect", "9.9.9", RELEASE));

    reasonOf("UNKNOWN_MODEL", TrustTier.WARNING, evidence());
  }

  // Attack: PCR values that were never quoted.
  @Test
  void editedPcrValuesAreNoticed() throws Exception {
    device.measure(7, RELEASE);
    Evidence bad = evidence();
    PcrValues values = bad.quote().orElseThrow().values();
    List<Bytes> edited = new ArrayList<>(values.values());
    edited.set(7, Bytes.ofHex("00".repeat(32)));
    Quote quote =
        new Quote(
            bad.quote().orElseThrow().attest(),
            bad.quote().orElseThrow().signature(),
            bad.quote().orElseThrow().attestationKey(),
            new PcrValues(values.selection(), edited));

    reasonOf("PCR_MISMATCH", TrustTier.CONTRAINDICATED, bad);
    reasonOf(
        "PCRS_NOT_QUOTED",
        TrustTier.CONTRAINDICATED,
        new Evidence(bad.eat(), Optional.of(quote), bad.log(), golden));
  }

  @Test
  void aReferencePcrThatWasNotQuotedIsUnknown() throws Exception {
    Evidence poor =
        new EvidenceWriter(device, PcrSelection.parse("sha256:4"))
            .write(NONCE, health("1.0.0"), log, golden, clock.instant());

    reasonOf("PCR_NOT_QUOTED", TrustTier.WARNING, poor);
  }

  @Test
  void aBootIsAffirmedEventByEventAndAnotherKernelIsNamed() throws Exception {
    assertEquals(TrustTier.AFFIRMING, appraise(evidence(golden)).result().status());
    reasonOf("NO_BOOT_LOG", TrustTier.WARNING, evidence(BootLogs.none()));

    BootLogs other = restart("kernel 2");
    measure();
    AttestationResult result = appraise(evidence(other)).result();
    assertReason("UNEXPECTED_EVENT", TrustTier.CONTRAINDICATED, result);
    assertTrue(
        result.reasons().stream().anyMatch(it -> it.detail().contains("\\vmlinuz")),
        () -> result.reasons().toString());
    // Attack: the log of a good boot instead of one's own.
    reasonOf("BOOT_LOG_DOES_NOT_REPLAY", TrustTier.CONTRAINDICATED, evidence(golden));
    BootLogs garbage = BootLogs.of(Bytes.ofHex("00ff"));
    reasonOf("BOOT_LOG_REFUSED", TrustTier.CONTRAINDICATED, evidence(garbage));
  }

  /** Attack: a log that replays in a bank that was not quoted. */
  @Test
  void aLogOfAnotherBankThanTheQuotedIsNoEvidence() throws Exception {
    reasonOf(
        "BOOT_LOG_BANK",
        TrustTier.WARNING,
        evidence(BootLogs.of(FirmwareBoot.log("kernel 1", LogHash.SHA1))));
  }

  /** Measures what a boot of {@code kernel} measures, and gives its log. */
  private BootLogs boot(String kernel) throws Exception {
    Bytes log = FirmwareBoot.log(kernel, LogHash.SHA256);
    FirmwareBoot.play(log, chip);
    return BootLogs.of(log);
  }

  private BootLogs restart(String kernel) throws Exception {
    chip.restart();
    return boot(kernel);
  }

  private void learn(BootLogs golden) throws Exception {
    know(learned(golden));
  }

  /** The agent has measured nothing yet, or into its own PCR. */
  private ReferenceValues learned(BootLogs golden) throws Exception {
    Bytes untouched = Bytes.of(new byte[32]);
    PcrValues values = device.readPcrs(BOOT).with(TpmHash.SHA256, log.pcr(), untouched);
    return ReferenceValues.learn("default", values, golden);
  }

  private void know(ReferenceValues reference) throws Exception {
    String document = new String(reference.toJson(), StandardCharsets.UTF_8);
    know("reference.json", "{\"profiles\":{\"default\":" + document + "}}");
  }

  private Evidence evidence(BootLogs logs) throws Exception {
    ModelState served = new ModelState("defect", "2.1.0", RELEASE, ModelState.State.ACTIVE);
    return new EvidenceWriter(device, BOOT)
        .write(NONCE, health("1.0.0", served), log, logs, clock.instant());
  }

  /** Measures again, after a restart, what the agent has loaded. */
  private void measure() throws Exception {
    for (AgentEvent event : log.events()) {
      device.measure(log.pcr(), event.measurement());
    }
  }

  @Test
  void aModelThatServesWithoutHavingBeenMeasuredIsContraindicated() throws Exception {
    ModelState hidden =
        new ModelState("other", "1.0.0", Digest.of(new byte[] {9}), ModelState.State.ACTIVE);

    reasonOf("MODEL_NOT_MEASURED", TrustTier.CONTRAINDICATED, evidence(health("1.0.0", hidden)));
  }

  @Test
  void anActiveModelThatFailedToLoadNeedNotHaveBeenMeasured() throws Exception {
    ModelState broken =
        new ModelState("other", "1.0.0", Digest.of(new byte[] {9}), ModelState.State.ACTIVE, false);

    AttestationResult result = appraise(evidence(health("1.0.0", broken))).result();

    assertTrue(
        result.reasons().stream().noneMatch(it -> it.code().equals("MODEL_NOT_MEASURED")),
        () -> result.reasons().toString());
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

  // Attack: keys made anew in the same chip, behind the operator's back.
  @Test
  void keysThatWereNotEnrolledDoNotSpeakForTheDevice() throws Exception {
    Evidence evidence =
        new EvidenceWriter(FleetOfOne.device(chip), PcrSelection.parse("sha256:0,4,7"))
            .write(NONCE, health("1.0.0"), log, BootLogs.none(), clock.instant());

    reasonOf("BAD_CLAIMS_SIGNATURE", TrustTier.CONTRAINDICATED, evidence);
  }

  @Test
  void aQuoteByAnotherAttestationKeyIsRefusedWhateverKeyTravelsBesideIt() throws Exception {
    Evidence good = evidence();
    Quote foreign =
        FleetOfOne.device(chip)
            .quote(good.quote().orElseThrow().values().selection(), good.qualification(NONCE));

    reasonOf(
        "BAD_QUOTE",
        TrustTier.CONTRAINDICATED,
        new Evidence(good.eat(), Optional.of(foreign), good.log(), golden));
  }

  @Test
  void aRevokedDeviceIsContraindicatedHoweverGoodItIs() throws Exception {
    fleet.registry().change(device.ueid(), Device.State.QUARANTINED);
    reasonOf("QUARANTINED", TrustTier.CONTRAINDICATED, evidence());

    fleet.registry().change(device.ueid(), Device.State.REVOKED);
    reasonOf("REVOKED", TrustTier.CONTRAINDICATED, evidence());
  }

  // Attack: evidence of a TPM whose state was put back to before a reset.
  @Test
  void bootCountsThatWentBackAreNoticed() throws Exception {
    Evidence before = evidence();
    restart("kernel 1");
    log = AgentLog.empty(AgentLog.DEFAULT_PCR);
    Appraisal after = appraise(evidence());
    fleet.registry().sawBoot(device.ueid(), after.boot().orElseThrow());

    reasonOf("BOOT_COUNT_WENT_BACK", TrustTier.CONTRAINDICATED, before);
  }

  // Attack: the command line or the initial file system is changed, and nothing else.
  @Test
  void aBootPcrThatNobodyKnowsIsNamedAndNotAffirmed() throws Exception {
    for (int pcr : List.of(8, 9, 14)) {
      AcceptedBoot known = learned(golden).boots().get(0);
      know(without(known, ":" + pcr));
      if (pcr == 14) {
        chip.extend(14, RELEASE);
      }
      reasonOf("PCR_NOT_JUDGED", TrustTier.WARNING, evidence());
    }
  }

  // Attack: the agent says that it measures where it can take back what it measured.
  @Test
  void measurementsInAPcrThatCanBeResetAreNotAffirmed() throws Exception {
    log = AgentLog.empty(23);
    measure(SOFTWARE);
    measure(AgentEvent.model("defect", "2.1.0", RELEASE));

    reasonOf("AGENT_PCR", TrustTier.WARNING, evidence());
  }

  // Attack: a bad model was measured, the log is thrown away, and another PCR taken.
  @Test
  void whatALostLogHasLeftBehindIsUnknownByName() throws Exception {
    AgentLog before = log;
    log = AgentLog.empty(15);
    measure(SOFTWARE);
    measure(AgentEvent.model("defect", "2.1.0", RELEASE));

    AttestationResult result = appraise(evidence()).result();
    assertReason("PCR_NOT_JUDGED", TrustTier.WARNING, result);
    assertTrue(
        result.reasons().stream().anyMatch(it -> it.detail().contains("sha256:" + before.pcr())));
  }

  // Attack: Secure Boot is demanded, and its PCR is not shown.
  @Test
  void secureBootThatIsNotQuotedIsNotAffirmed() throws Exception {
    Evidence poor =
        new EvidenceWriter(device, PcrSelection.parse("sha256:0,1,2,3,4,5,6,8,9,11,12,13,14,15"))
            .write(NONCE, health("1.0.0"), log, golden, clock.instant());

    reasonOf("SECURE_BOOT", TrustTier.WARNING, poor);
  }

  @Test
  void aProfileOfWhichNothingIsSaidIsNotAffirmed() throws Exception {
    know("reference.json", "{\"profiles\":{\"default\":{}}}");

    reasonOf("NO_REFERENCE", TrustTier.WARNING, evidence());
  }

  // Attack: a bank that is switched on and that firmware never extends fits any boot.
  @Test
  void aBankThatFirmwareDoesNotExtendIsContraindicated() throws Exception {
    chip.restart();
    measure();

    reasonOf("BANK_NOT_EXTENDED", TrustTier.CONTRAINDICATED, evidence());
    reasonOf("BANK_NOT_EXTENDED", TrustTier.CONTRAINDICATED, evidence(BootLogs.none()));
  }

  @Test
  void anIdentityThatWasNotRenewedIsNotAffirmed() throws Exception {
    clock.advance(Duration.ofDays(8));

    reasonOf("IDENTITY_EXPIRED", TrustTier.WARNING, evidence());
  }

  // Attack: any one thing left out of the evidence, or of what is known.
  @Test
  void nothingLeftOutAloneIsAffirmed() throws Exception {
    Evidence good = evidence();
    assertEquals(TrustTier.AFFIRMING, appraise(good).result().status());
    AgentLog empty = AgentLog.empty(log.pcr());
    List<Evidence> poorer = new ArrayList<>();
    poorer.add(new Evidence(good.eat(), Optional.empty(), log, golden));
    poorer.add(new Evidence(good.eat(), good.quote(), empty, golden));
    poorer.add(new Evidence(good.eat(), good.quote(), log, BootLogs.none()));
    for (int at = 0; at < log.events().size(); at++) {
      List<AgentEvent> fewer = new ArrayList<>(log.events());
      fewer.remove(at);
      AgentLog shorter = new AgentLog(log.pcr(), fewer);
      poorer.add(new Evidence(good.eat(), good.quote(), shorter, golden));
    }
    for (int pcr : BootPcrs.ALL) {
      if (pcr != log.pcr()) {
        int[] rest = BootPcrs.ALL.stream().filter(it -> it != pcr).mapToInt(it -> it).toArray();
        poorer.add(
            new EvidenceWriter(device, PcrSelection.of(TpmHash.SHA256, rest))
                .write(NONCE, health("1.0.0"), log, golden, clock.instant()));
      }
    }
    for (Evidence one : poorer) {
      assertNotAffirmed(one);
    }
    AcceptedBoot known = learned(golden).boots().get(0);
    for (String pcr : known.values().keySet()) {
      know(without(known, pcr));
      assertNotAffirmed(good);
    }
    learn(golden);
    for (String file : List.of("reference.json", "releases.json")) {
      byte[] content = fleet.directory().find(file, 1 << 20).orElseThrow();
      fleet.directory().delete(file);
      assertNotAffirmed(good);
      fleet.directory().write(file, content);
    }
    assertEquals(TrustTier.AFFIRMING, appraise(good).result().status());
  }

  private void assertNotAffirmed(Evidence evidence) throws Exception {
    AttestationResult result = appraise(evidence).result();
    assertNotEquals(TrustTier.AFFIRMING, result.status(), evidence.log().toString());
    assertNotEquals(List.of(), result.reasons());
  }

  private static ReferenceValues without(AcceptedBoot boot, String pcr) {
    Map<String, Set<String>> values = new TreeMap<>(boot.values());
    Map<String, List<ExpectedEvent>> events = new TreeMap<>(boot.events());
    values.keySet().removeIf(it -> it.endsWith(pcr));
    events.keySet().removeIf(it -> it.endsWith(pcr));
    return new ReferenceValues(
        "default", List.of(new AcceptedBoot(values, events, boot.secureBoot(), boot.open())));
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

  // Attack: any change on the way. What still affirms says exactly what the device said.
  @Test
  void noFlippedByteOfAReportIsAffirmedWithAnotherContent() throws Exception {
    Evidence good = evidence();
    byte[] bytes = good.write();
    for (int at = 0; at < bytes.length; at += 3) {
      byte[] flipped = bytes.clone();
      flipped[at] ^= 1;
      try {
        Evidence changed = Evidence.read(flipped);
        if (appraise(changed).result().status() == TrustTier.AFFIRMING) {
          assertEquals(good.eat(), changed.eat());
          assertEquals(good.log(), changed.log());
          assertEquals(good.quote().orElseThrow().attest(), changed.quote().orElseThrow().attest());
          assertEquals(good.quote().orElseThrow().values(), changed.quote().orElseThrow().values());
        }
      } catch (Malformed refused) {
        assertNotEquals("", refused.getMessage());
      }
    }
  }

  private void reasonOf(String code, TrustTier tier, Evidence evidence) throws Exception {
    Evidence travelled = Evidence.read(evidence.write());
    assertEquals(evidence, travelled);
    assertReason(code, tier, appraise(travelled).result());
  }

  private static void assertReason(String code, TrustTier tier, AttestationResult result) {
    assertTrue(
        result.reasons().stream().anyMatch(reason -> reason.code().equals(code)),
        () -> "no " + code + " in " + result.reasons());
    assertEquals(tier, result.status(), () -> result.reasons().toString());
  }

  private Appraisal appraise(Evidence evidence) throws Exception {
    return verifier().appraise(evidence, NONCE, clock.instant());
  }

  private Verifier verifier() throws Exception {
    return new Verifier(fleet.registry(), new FileReferences(fleet.directory()).current());
  }

  private Evidence evidence() throws Exception {
    ModelState served = new ModelState("defect", "2.1.0", RELEASE, ModelState.State.ACTIVE);
    return log.events().isEmpty() ? evidence(health("1.0.0")) : evidence(health("1.0.0", served));
  }

  private Evidence evidence(HealthClaims health) throws Exception {
    return new EvidenceWriter(device, BOOT).write(NONCE, health, log, golden, clock.instant());
  }

  private static HealthClaims health(String version, ModelState... models) {
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

  private void measure(AgentEvent event) throws Exception {
    log = log.plus(event);
    device.measure(log.pcr(), event.measurement());
  }

  private void know(String name, String json) throws IOException {
    fleet.directory().write(name, json.getBytes(StandardCharsets.UTF_8));
  }
}
