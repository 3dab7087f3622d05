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
import dev.bartizan.crypto.jca.NativeSignatures;
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
import dev.bartizan.protocol.result.TrustTier;
import dev.bartizan.updater.disk.SharedDirectory;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * How many reports one core verifies in a second: distinct devices, fresh signatures, each result
 * affirming or the benchmark ends. Nothing is stored.
 */
@TouchesTheWorld("a benchmark: measures time, and prints")
public final class VerifyBench {
  private static final int DEVICES = 500;
  private static final int COLD = 200;
  private static final int WARM = 6000;
  private static final int ASKED = 5000;
  private static final int ONE_MESSAGE = 2048;
  private static final Instant NOW = Instant.parse("2026-05-01T12:00:00Z");
  private static final PcrSelection BOOT =
      PcrSelection.parse("sha256:0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15");

  /** A core's time, whatever else the machine does. */
  private static final ThreadMXBean PROCESSOR = ManagementFactory.getThreadMXBean();

  private static final SecureRandom RANDOM = new SecureRandom();

  private final Bytes firmwareLog = FirmwareBoot.log("kernel 1", LogHash.SHA256);
  private final BootLogs logs = BootLogs.of(firmwareLog);
  private final List<ModelState> models = new ArrayList<>();
  private final AgentLog agentLog;
  private final PcrValues values;
  private final AppraisalPolicy policy;

  private VerifyBench() throws Exception {
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
    return "{\"name\":\"%s\",\"version\":\"1.0.0\",\"digests\":[\"%s\"]}"
        .formatted(name, manifest.hex());
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

  /**
   * Measures and prints.
   *
   * @return whether what is asked for was reached
   */
  public static boolean run() throws Exception {
    System.out.println("reports verified in a second, one core, three models, nothing stored:");
    VerifyBench bench = new VerifyBench();
    boolean reached = true;
    Fleet ecc = bench.fleet(AttestationKind.ECC_P256);
    Fleet rsa = bench.fleet(AttestationKind.RSA_2048);
    ecc.measure("ecc-p256, by digest, cold, platform", COLD, false);
    ecc.measure("ecc-p256, by digest, warm, platform", WARM, false);
    ecc.measure("ecc-p256, with logs, warm, platform", WARM, true);
    rsa.measure("rsa-2048, by digest, warm, platform", WARM, false);
    if (!NativeSignatures.prefer()) {
      System.out.println(
          "  MISS  corretto does not load on this machine: the rest is not measured");
      return false;
    }
    double fast = ecc.measure("ecc-p256, by digest, warm, corretto", WARM, false);
    ecc.measure("ecc-p256, with logs, warm, corretto", WARM, true);
    rsa.measure("rsa-2048, by digest, warm, corretto", WARM, false);
    reached &= ask("by digest, warm, corretto: at least " + ASKED, fast >= ASKED);
    reached &= ask("a report in one message: at most 2048 bytes", ecc.bytes() <= ONE_MESSAGE);
    System.out.printf(
        Locale.ROOT,
        "  on the wire: %d bytes (ecc-p256), %d (rsa-2048)%n",
        ecc.bytes(),
        rsa.bytes());
    return reached;
  }

  private static boolean ask(String what, boolean holds) {
    System.out.println("  " + (holds ? "ok    " : "MISS  ") + what);
    return holds;
  }

  private Fleet fleet(AttestationKind kind) throws Exception {
    Fleet fleet = new Fleet();
    for (int i = 0; i < DEVICES; i++) {
      SoftwareDevice device = new SoftwareDevice(kind, values);
      fleet.registry.add(device.enrolled(NOW));
      fleet.devices.add(device);
    }
    return fleet;
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

  /** What came over the wire, and what it is to answer. */
  private record Report(Nonce nonce, Bytes wire, Evidence whole) {}

  private final class Fleet {
    private final MemoryRegistry registry = new MemoryRegistry();
    private final List<SoftwareDevice> devices = new ArrayList<>();

    private Report report(SoftwareDevice device) throws Exception {
      byte[] random = new byte[16];
      RANDOM.nextBytes(random);
      Nonce nonce = new Nonce(Bytes.of(random));
      Evidence evidence =
          new EvidenceWriter(device, BOOT).write(nonce, health(), agentLog, logs, NOW);
      return new Report(nonce, CompactEvidence.of(evidence).write(), evidence);
    }

    int bytes() throws Exception {
      return report(devices.get(0)).wire().length();
    }

    /**
     * @param withLogs whether the whole travels, as a file has it, and nothing is known before
     * @return reports a second
     */
    double measure(String name, int count, boolean withLogs) throws Exception {
      List<Report> reports = new ArrayList<>();
      List<byte[]> files = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        Report report = report(devices.get(i % devices.size()));
        reports.add(report);
        files.add(withLogs ? report.whole().write() : new byte[0]);
      }
      Map<Digest, Bytes> kept = new HashMap<>();
      for (Bytes log : CompactEvidence.logs(reports.get(0).whole())) {
        kept.put(Digest.of(log.toArray()), log);
      }
      KnownLogs known = digest -> Optional.ofNullable(kept.get(digest));
      Verifier verifier = new Verifier(registry.asRegistry(), policy);
      long begin = PROCESSOR.getCurrentThreadCpuTime();
      for (int i = 0; i < count; i++) {
        Report report = reports.get(i);
        Evidence evidence =
            withLogs
                ? Evidence.read(files.get(i))
                : CompactEvidence.read(report.wire()).complete(known);
        TrustTier tier = verifier.appraise(evidence, report.nonce(), NOW).result().status();
        if (tier != TrustTier.AFFIRMING) {
          throw new IllegalStateException("a report that is good was judged " + tier.text());
        }
      }
      double rate = count / ((PROCESSOR.getCurrentThreadCpuTime() - begin) / 1e9);
      System.out.printf(Locale.ROOT, "  %-40s %8.0f%n", name, rate);
      return rate;
    }
  }
}
