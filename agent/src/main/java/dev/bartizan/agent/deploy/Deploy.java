// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.deploy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.agent.config.AgentConfig;
import dev.bartizan.agent.models.Models;
import dev.bartizan.agent.report.EventPublisher;
import dev.bartizan.agent.report.Events;
import dev.bartizan.agent.repository.OfflineSource;
import dev.bartizan.agent.schedule.DaemonThreads;
import dev.bartizan.agent.schedule.Part;
import dev.bartizan.agent.schedule.Schedule;
import dev.bartizan.agent.schedule.Subsystem;
import dev.bartizan.agent.schedule.Worker;
import dev.bartizan.agent.serve.ServedModel;
import dev.bartizan.agent.trust.RollbackAnchor;
import dev.bartizan.agent.trust.StateJudgement;
import dev.bartizan.agent.trust.Trust;
import dev.bartizan.agent.update.ComponentRouter;
import dev.bartizan.agent.update.ConnectivityCheck;
import dev.bartizan.agent.update.Consents;
import dev.bartizan.agent.update.DistantPayloads;
import dev.bartizan.agent.update.GatedTrial;
import dev.bartizan.agent.update.ModelTrial;
import dev.bartizan.agent.update.PlanFile;
import dev.bartizan.agent.update.SoftwareTrial;
import dev.bartizan.agent.update.SuiteDocuments;
import dev.bartizan.agent.update.Transfers;
import dev.bartizan.agent.update.TrialRouter;
import dev.bartizan.agent.update.UpdateGate;
import dev.bartizan.agent.world.Host;
import dev.bartizan.agent.world.World;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.protocol.evidence.ModelState;
import dev.bartizan.updater.disk.Disk;
import dev.bartizan.updater.install.Installer;
import dev.bartizan.updater.install.JournalCopy;
import dev.bartizan.updater.install.Limits;
import dev.bartizan.updater.install.Recovery;
import dev.bartizan.updater.software.AgentVersions;
import dev.bartizan.updater.software.Slot;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * What is installed on this device, and how that changes. Its parts are wired here and nowhere
 * else.
 */
public final class Deploy implements Subsystem {
  /** How long a device that has never had metadata waits for it, before it says it is ready. */
  private static final Duration FIRST = Duration.ofSeconds(10);

  /** What only looks and writes is done by then, on the slowest flash. */
  private static final Duration BRIEF = Duration.ofMinutes(5);

  /** What loads models, and runs golden vectors on them. */
  private static final Duration LONG = Duration.ofMinutes(60);

  private final Trust trust;
  private final EventPublisher publisher;
  private final Worker worker;
  private final Consents consents;
  private final AgentVersions versions;
  private final SoftwareTrial software;
  private final SuiteWatch suites;
  private final Installer installer;
  private final RollbackAnchor anchor;
  private final StateJudgement judgement;
  private final Serving serving;
  private final Updates updates;
  private final Upkeep upkeep;
  private final UpdateSteps steps;
  private final Endings endings;
  private final ModelStates states;
  private final DeployStatus status;

  public Deploy(
      AgentConfig config,
      World world,
      Trust trust,
      Models models,
      OfflineSource offline,
      Events events,
      DaemonThreads threads)
      throws IOException, Refusal {
    Host host = world.host();
    Disk disk = world.disk();
    this.trust = trust;
    this.publisher = events.publisher();
    this.worker = threads.worker();
    this.consents = new Consents(trust.clock());
    UpdateGate gate =
        new UpdateGate(trust.keystore().ueid(), trust.policy()::times, consents, trust.clock());
    Transfers transfers = new Transfers(config, world, trust, models, offline, publisher, gate);
    this.versions = new AgentVersions(disk);
    JournalCopy journal = new JournalCopy(disk);
    ConnectivityCheck connectivity = new ConnectivityCheck();
    this.software =
        new SoftwareTrial(
            versions,
            models.store(),
            journal,
            host.slot().orElse(Slot.BASE),
            config.versions().softwareTrial(),
            connectivity,
            host.time().nanoTime());
    SuiteDocuments documents = new SuiteDocuments(trust.documents(), models.store());
    ComponentRouter components = transfers.components(documents, versions, worker::progress);
    DistantPayloads distant = new DistantPayloads(components, worker);
    ModelTrial modelTrial =
        new ModelTrial(
            models.loader()::load, models.service(), documents::held, host.time().nanoTime());
    GatedTrial trial = new GatedTrial(gate, new TrialRouter(modelTrial, software));
    Limits limits = new Limits(Limits.DEFAULT.starts(), config.versions().previousKept());
    this.installer =
        journal.open(
            versions.record().fallen().isPresent(),
            () ->
                Installer.open(
                    disk, models.store(), distant, trial, publisher, trust.clock(), limits));
    this.anchor = trust.anchor(installer::head);
    this.judgement = trust.judgement(anchor);
    this.suites = new SuiteWatch(installer, documents, models.service(), publisher);
    this.serving = new Serving(trust, judgement, models, installer, suites, publisher);
    ContentKeyMaintenance keys =
        new ContentKeyMaintenance(
            trust.keystore(), transfers.keys(), installer, models.service(), publisher);
    this.updates = new Updates(trust, installer, components, connectivity, offline);
    this.upkeep =
        new Upkeep(
            updates,
            keys,
            trust,
            new Renewal(trust, judgement, serving, keys),
            publisher,
            worker,
            config.repository().checkEvery());
    this.steps = new UpdateSteps(installer, distant, publisher);
    this.endings = new Endings(installer, new PlanFile(disk), events, keys, suites);
    this.states = new ModelStates(name -> models.service().find(name).map(ServedModel::version));
    this.status = new DeployStatus(installer, models, states, steps);
  }

  public Installer installer() {
    return installer;
  }

  public Updates updates() {
    return updates;
  }

  public Serving serving() {
    return serving;
  }

  public Consents consents() {
    return consents;
  }

  public RollbackAnchor anchor() {
    return anchor;
  }

  public StateJudgement judgement() {
    return judgement;
  }

  /** The models on the device, and on their way in. */
  public List<ModelState> modelStates() {
    return states.of(installer.components(), installer.current());
  }

  @Override
  public void tellFindings() throws IOException {
    if (versions.fault().isPresent()) {
      publisher.notStarted(versions.fault().get());
    }
    Recovery recovery = installer.recovery();
    String found = recovery.kind() + ": " + recovery.detail();
    switch (recovery.kind()) {
      case NONE -> {}
      // What any power cut may leave, and is whole again: nothing to hold against the device.
      case HISTORY_COMPLETED -> publisher.incident("journal", found);
      case HISTORY_REPLACED, JOURNAL_REBUILT -> publisher.problem("journal", found);
    }
  }

  /** A device that has never had any metadata waits for it for a moment, and no longer. */
  public void awaitFirstMetadata() throws InterruptedException {
    if (!trust.documents().isInitialised()) {
      upkeep.begin(FIRST);
    }
  }

  /** What is offered from now on follows the deployments. */
  public void offerSuites() throws IOException {
    suites.offer();
  }

  /** What is new comes first: everything else is judged by it. */
  public void scheduleUpkeep(Schedule schedule) {
    schedule.add(Part.DEPLOY, "upkeep", LONG, upkeep::run);
    schedule.add(Part.TRUST, "the state's judgement", BRIEF, this::judge);
    schedule.add(Part.MODELS, "the verifier's silence", LONG, this::heedSilence);
  }

  @Override
  public void schedule(Schedule schedule) {
    schedule.add(Part.DEPLOY, "the update", LONG, judgement.guard(steps::advance, TROUBLE));
    schedule.add(Part.DEPLOY, "what has ended", BRIEF, judgement.guard(this::reportEnds, TROUBLE));
    schedule.add(Part.DEPLOY, "the state", BRIEF, judgement.guard(this::settle, TROUBLE));
  }

  private Duration heedSilence() throws IOException {
    serving.heedSilence();
    return IDLE;
  }

  private Duration judge() throws IOException {
    judgement.judge();
    return judgement.isTrusted() ? IDLE : TROUBLE;
  }

  private Duration reportEnds() throws IOException {
    endings.report();
    return IDLE;
  }

  private Duration settle() throws IOException {
    if (worker.isIdle()) {
      updates.ejectWhenIdle();
    }
    software.settle(installer);
    judgement.anchor();
    publisher.mended("state");
    return IDLE;
  }

  @Override
  public void trouble() {
    upkeep.soon();
  }

  @Override
  public void describe(ObjectNode status) {
    this.status.describe(status);
  }
}
