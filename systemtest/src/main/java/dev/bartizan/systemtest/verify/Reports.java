// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.verify;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.TouchesTheWorld;
import dev.bartizan.crypto.boot.BootLogs;
import dev.bartizan.crypto.boot.ReferenceValues;
import dev.bartizan.crypto.eventlog.EventLog;
import dev.bartizan.crypto.eventlog.FirmwareBoot;
import dev.bartizan.crypto.eventlog.LogHash;
import dev.bartizan.crypto.eventlog.Replay;
import dev.bartizan.crypto.tpm.AttestationKind;
import dev.bartizan.crypto.tpm.PcrBank;
import dev.bartizan.crypto.tpm.PcrSelection;
import dev.bartizan.crypto.tpm.PcrValues;
import dev.bartizan.crypto.tpm.TpmHash;
import dev.bartizan.fleet.verify.AppraisalPolicy;
import dev.bartizan.fleet.verify.FileReferences;
import dev.bartizan.fleet.verify.Verifier;
import dev.bartizan.protocol.evidence.AgentEvent;
import dev.bartizan.protocol.evidence.AgentLog;
import dev.bartizan.protocol.evidence.CompactEvidence;
import dev.bartizan.protocol.evidence.Evidence;
import dev.bartizan.protocol.evidence.EvidenceWriter;
import dev.bartizan.protocol.evidence.HealthClaims;
import dev.bartizan.protocol.evidence.KnownLogs;
import dev.bartizan.protocol.evidence.ModelState;
import dev.bartizan.protocol.evidence.Nonce;
import dev.bartizan.protocol.result.AttestationResult;
import dev.bartizan.protocol.result.TrustTier;
import dev.bartizan.updater.disk.SharedDirectory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reports of devices that run three models and are as they should be, and what a verifier knows.
 */
@TouchesTheWorld("a benchmark: its files are its own")
final class Reports {
  private static final PcrSelection BOOT =
      PcrSelection.parse("sha256:0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15");
  private static final SecureRandom RANDOM = new SecureRandom();

  /** What came over the wire, and what it is to answer. */
  record Report(Nonce nonce, Bytes wire, Evidence whole) {}

  private final Bytes firmwareLog = FirmwareBoot.log("kernel 1", LogHash.SHA256);
  private final BootLogs logs = BootLogs.of(firmwareLog);
  private final List<ModelState> models = new ArrayList<>();
  private final AgentLog agentLog;
  private final PcrValues values;
  private final AppraisalPolicy policy;

  Reports() throws Exception {
    AgentEvent software =
        new AgentEvent(
            AgentEvent.Kind.SOFTWARE, digest("software"), "software/agent/1.0.0/software.json");
    AgentLog log =
        AgentLog.empty(AgentLog.DEFAULT_PCR)
            .plus(software)
            .plus(new AgentEvent(AgentEvent.Kind.POLICY, digest("policy"), "policy 7"));
    StringBuilder known = new StringBuilder();
    for (String name : List.of("defect", "wear", "sound")) {
      models.add(new ModelState(name, "1.0.0", digest(name), ModelState.State.ACTIVE));
      log = log.plus(AgentEvent.model(name, "1.0.0", digest(name)));
      known.append(known.length() == 0 ? "" : ",").append(release(name, digest(name)));
    }
    this.agentLog = log;
    PcrValues booted = booted();
    this.values = booted.with(TpmHash.SHA256, log.pcr(), log.replay());
    Path directory = Files.createTempDirectory("verify");
    ReferenceValues reference = ReferenceValues.learn("default", booted, logs);
    Files.writeString(
        directory.resolve("reference.json"),
        "{\"schema\":\"bartizan-known-profiles/1\",\"profiles\":{\"default\":"
            + new String(reference.toJson(), StandardCharsets.UTF_8)
            + "}}");
    Files.writeString(
        directory.resolve("releases.json"),
        "{\"schema\":\"bartizan-known-releases/1\",\"releases\":["
            + known
            + "],\"software\":["
            + "{\"name\":\"agent\",\"version\":\"1.0.0\",\"digests\":[\""
            + software.digest().hex()
            + "\"]}]}");
    this.policy = new FileReferences(new SharedDirectory(directory)).current();
  }

  private static String release(String name, Digest manifest) {
    return "{\"name\":\""
        + name
        + "\",\"version\":\"1.0.0\",\"digests\":[\""
        + manifest.hex()
        + "\"]}";
  }

  private static Digest digest(String text) {
    return Digest.of(text.getBytes(StandardCharsets.UTF_8));
  }

  private PcrValues booted() throws Exception {
    Replay replay = EventLog.read(firmwareLog).replay();
    List<Bytes> held = new ArrayList<>();
    for (PcrBank bank : BOOT.banks()) {
      for (int pcr : bank.pcrs()) {
        held.add(replay.find(LogHash.SHA256, pcr).orElse(Bytes.of(new byte[Digest.LENGTH])));
      }
    }
    return new PcrValues(BOOT, held);
  }

  /** A device that booted as it should. */
  SoftwareDevice device(AttestationKind kind) throws GeneralSecurityException {
    return new SoftwareDevice(kind, values);
  }

  /** What a verifier goes by. */
  AppraisalPolicy policy() {
    return policy;
  }

  /** A fresh one, about a boot as it should be. */
  Report report(SoftwareDevice device, Instant now) throws Exception {
    byte[] random = new byte[16];
    RANDOM.nextBytes(random);
    Nonce nonce = new Nonce(Bytes.of(random));
    Evidence evidence =
        new EvidenceWriter(device, BOOT).write(nonce, health(), agentLog, logs, now);
    return new Report(nonce, CompactEvidence.of(evidence).write(), evidence);
  }

  /** As a server does it: from the bytes that came, and the logs that it has. */
  static AttestationResult appraise(Verifier verifier, Report report, KnownLogs known, Instant now)
      throws Exception {
    Evidence evidence = CompactEvidence.read(report.wire()).complete(known);
    return requireAffirming(verifier.appraise(evidence, report.nonce(), now).result());
  }

  /** A benchmark of refusals would measure something else. */
  static AttestationResult requireAffirming(AttestationResult result) {
    if (result.status() != TrustTier.AFFIRMING) {
      throw new IllegalStateException(
          "a report that is good was judged " + result.status().text() + ": " + result.reasons());
    }
    return result;
  }

  /** What a server has of a boot that it has seen. */
  KnownLogs known() throws Exception {
    Map<Digest, Bytes> kept = new HashMap<>();
    Evidence any = report(device(AttestationKind.ECC_P256), Instant.EPOCH).whole();
    for (Bytes log : CompactEvidence.logs(any)) {
      kept.put(Digest.of(log.toArray()), log);
    }
    return digest -> Optional.ofNullable(kept.get(digest));
  }

  private HealthClaims health() {
    return new HealthClaims(
        "1.0.0",
        Duration.ofDays(1),
        "tpm2",
        models,
        Map.of("model-chain", HealthClaims.Outcome.SUCCESS),
        Optional.of(digest("policy")),
        Optional.empty(),
        Map.of("requests", 17L));
  }
}
