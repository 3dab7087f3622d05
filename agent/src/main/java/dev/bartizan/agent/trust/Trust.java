// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.trust;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.agent.config.AgentConfig;
import dev.bartizan.agent.config.ProvidedFiles;
import dev.bartizan.agent.identity.CredentialStore;
import dev.bartizan.agent.report.EventPublisher;
import dev.bartizan.agent.report.Events;
import dev.bartizan.agent.report.Measurements;
import dev.bartizan.agent.report.VerdictJson;
import dev.bartizan.agent.repository.Repository;
import dev.bartizan.agent.world.Natives;
import dev.bartizan.agent.world.World;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.boot.ChainVerdict;
import dev.bartizan.crypto.keystore.DeviceKeystore;
import dev.bartizan.protocol.evidence.EvidenceWriter;
import dev.bartizan.updater.disk.Disk;
import dev.bartizan.updater.documents.TrustedDocuments;
import dev.bartizan.updater.install.HistoryHead;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;

/**
 * What this device believes, and why: documents below one root, a policy, a time, the state of its
 * boot. Its parts are wired here and nowhere else.
 */
public final class Trust {
  private static final String MEASUREMENTS = "measurements";

  private final Disk disk;
  private final List<Path> provided;
  private final TrustedClock clock;
  private final Repository repository;
  private final EventPublisher publisher;
  private final List<String> mended;
  private final Foundation foundation;
  private final BootCheck bootCheck;
  private final Measurements measurements;
  private final Natives natives;
  private final Policy policy;
  private final Silence silence;
  private final BootJudgement boot;
  private volatile ChainVerdict bootVerdict = new ChainVerdict(List.of());

  public Trust(
      AgentConfig config,
      World world,
      Natives natives,
      TrustedClock clock,
      Repository repository,
      Events events)
      throws IOException, Refusal {
    this.disk = world.disk();
    this.provided = config.providedFiles();
    this.clock = clock;
    this.repository = repository;
    this.publisher = events.publisher();
    // Before anybody reads it.
    this.mended = new PinnedRepository(config, world.host().time(), clock).mend(disk);
    this.foundation = new Foundation(config, world, repository, clock);
    this.bootCheck = foundation.bootCheck(natives.crypto());
    bootCheck.begin();
    DeviceKeystore keystore = foundation.keystore();
    this.measurements =
        new Measurements(
            keystore,
            new EvidenceWriter(keystore, config.keystore().bootPcrs()),
            world.measurementLog(),
            config.keystore().agentPcrs());
    this.natives = natives;
    this.policy = new Policy(foundation.documents(), events.alarms());
    this.silence =
        Silence.open(
            policy::silence,
            disk,
            world.host().time().nanoTime(),
            config.fleet().server().isPresent(),
            publisher);
    this.boot =
        new BootJudgement(
            bootCheck::examine,
            bootCheck::basis,
            policy::allowsServing,
            publisher,
            verdict -> bootVerdict = verdict);
  }

  public TrustedClock clock() {
    return clock;
  }

  public Repository repository() {
    return repository;
  }

  public Foundation foundation() {
    return foundation;
  }

  public TrustedDocuments documents() {
    return foundation.documents();
  }

  public DeviceKeystore keystore() {
    return foundation.keystore();
  }

  public CredentialStore credentials() {
    return foundation.credentials();
  }

  public BootCheck bootCheck() {
    return bootCheck;
  }

  public Measurements measurements() {
    return measurements;
  }

  public Policy policy() {
    return policy;
  }

  /** How long no report was answered, and what that means. */
  public Silence silence() {
    return silence;
  }

  /** Whether this boot opens models, by the documents of today. */
  public BootJudgement boot() {
    return boot;
  }

  /** How this boot was judged; nothing before it was. */
  public ChainVerdict bootVerdict() {
    return bootVerdict;
  }

  /**
   * What the keystore remembers of this state.
   *
   * @param history its end, as it is now
   */
  public RollbackAnchor anchor(Supplier<HistoryHead> history) {
    return new RollbackAnchor(keystore().anchor(), documents(), history, disk);
  }

  /** Whether anything may rest on the state. */
  public StateJudgement judgement(RollbackAnchor anchor) {
    return new StateJudgement(new RollbackProtection(anchor, publisher), policy);
  }

  /** Says what opening all this brought to light. */
  public void tellFindings() throws IOException {
    if (!mended.isEmpty()) {
      publisher.problem(
          "metadata", "damaged, and put back as accepted: " + String.join(", ", mended));
    }
    if (clock.wasDamaged()) {
      publisher.problem(
          "clock",
          "verified-time: damaged or missing: whether the clock was set back is not known");
    }
    for (String change : new ProvidedFiles(disk).changes(provided)) {
      publisher.changed(change);
    }
  }

  /** What is on disk is verified anew; where it does not hold, the repository can mend it. */
  public void verifyMetadata() throws IOException {
    try {
      documents().load();
      List<String> damaged = documents().damaged();
      if (!damaged.isEmpty()) {
        publisher.problem(
            "documents", "damaged, to be fetched again: " + String.join(", ", damaged));
      }
    } catch (Refusal damaged) {
      publisher.problem("metadata", damaged);
    }
  }

  /** The program first: what it says of the rest is worth as much as itself. */
  public void measureOurselves() throws IOException {
    try {
      measurements.begin().ifPresent(lost -> publisher.problem(MEASUREMENTS, lost));
      measurements.measure(bootCheck.ownFiles());
    } catch (Refusal refusal) {
      publisher.problem(MEASUREMENTS, refusal);
    }
    measurePolicy();
  }

  /** Whichever policy the agent lives by from now on, and the machine as it is set by now. */
  public void measurePolicy() throws IOException {
    try {
      measurements.measure(natives.settings().event());
      policy.measure(measurements);
    } catch (Refusal refusal) {
      publisher.problem(MEASUREMENTS, refusal);
    }
  }

  /** Its part of {@code status}. */
  public void describe(ObjectNode status) {
    status.set("boot", VerdictJson.chain(bootVerdict));
    DeviceKeystore keystore = keystore();
    status
        .putObject("keystore")
        .put("kind", keystore.protection().kind().text())
        .put("manufacturer", keystore.protection().manufacturer())
        .put("firmware", keystore.protection().firmwareVersion())
        .put("ueid", keystore.ueid().text());
    silence.describe(status);
    ObjectNode metadata = status.putObject("metadata");
    documents().versions().forEach(metadata::put);
  }
}
