// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent;

import dev.bartizan.agent.boot.BootCheck;
import dev.bartizan.agent.command.CommandProcessor;
import dev.bartizan.agent.command.Reply;
import dev.bartizan.agent.mqtt.Message;
import dev.bartizan.agent.mqtt.Message.Channel;
import dev.bartizan.agent.mqtt.Outbox;
import dev.bartizan.agent.report.ActiveAlarms;
import dev.bartizan.agent.report.EventPublisher;
import dev.bartizan.agent.report.Measurements;
import dev.bartizan.agent.schedule.Heartbeat;
import dev.bartizan.agent.schedule.Metronome;
import dev.bartizan.agent.schedule.Schedule;
import dev.bartizan.agent.schedule.Worker;
import dev.bartizan.agent.serve.ModelService;
import dev.bartizan.agent.system.ServiceManager;
import dev.bartizan.agent.update.DistantPayloads;
import dev.bartizan.agent.update.NewVersion;
import dev.bartizan.agent.update.SoftwareTrial;
import dev.bartizan.agent.vault.ModelLoader;
import dev.bartizan.crypto.Explanation;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.protocol.release.ReleaseName;
import dev.bartizan.updater.documents.TrustedDocuments;
import dev.bartizan.updater.install.Component;
import dev.bartizan.updater.install.Initiator;
import dev.bartizan.updater.install.Installer;
import dev.bartizan.updater.install.Outcome;
import dev.bartizan.updater.install.Progress;
import dev.bartizan.updater.install.Recovery;
import dev.bartizan.updater.install.Release;
import dev.bartizan.updater.install.Step;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * One device, from start to stop: check the boot chain, unseal, load, serve, listen, update,
 * report.
 *
 * <p>Trust fails closed, service fails open: whatever goes wrong with the network, the broker or an
 * update is noted, and the model that serves goes on serving.
 */
final class Agent implements Upkeep.Loop {
  /** While something is waited for that gives no sign of its own: a probation. */
  private static final Duration WAITING = Duration.ofMillis(200);

  private static final Duration IDLE = Duration.ofSeconds(10);

  /** How long a device that has never had metadata waits for it, before it says it is ready. */
  private static final Duration FIRST = Duration.ofSeconds(10);

  /** What only looks and writes is done by then, on the slowest flash. */
  private static final Duration BRIEF = Duration.ofMinutes(5);

  /** What loads models, and runs golden vectors on them. */
  private static final Duration LONG = Duration.ofMinutes(60);

  /** Beats within the service manager's patience: one may be late. */
  private static final int BEATS = 3;

  /** Before the world is asked again: a state directory that refused, a server that is away. */
  private static final Duration TROUBLE = Duration.ofSeconds(3);

  /** What keeps a deployment waiting that nobody planned to wait for. */
  private static final String UPDATE = "update";

  private final TrustedDocuments documents;
  private final Policy policy;
  private final BootCheck bootCheck;
  private final BootJudgement boot;
  private final Measurements measurements;
  private final ModelLoader loader;
  private final ModelService service;
  private final Installer installer;
  private final SoftwareTrial software;
  private final Updates updates;
  private final CommandProcessor commands;
  private final Link link;
  private final Outbox outbox;
  private final ContentKeyMaintenance keys;
  private final SuiteWatch suites;
  private final EventPublisher news;
  private final ActiveAlarms problems;
  private final StartupDiagnostics findings;
  private final DeviceStatus facts;
  private final RollbackProtection state;
  private final EventLoop turns;
  private final ServiceManager manager;
  private final DistantPayloads payloads;
  private final Worker worker;
  private final Heartbeat heartbeat;
  private final Upkeep upkeep;
  private final Schedule schedule;
  private boolean resumed;
  private boolean isTrusted;

  /** The way to the fleet; does nothing on a device that has none. */
  interface Link {
    void start();
  }

  Agent(AgentParts parts) {
    documents = parts.documents();
    policy = parts.policy();
    bootCheck = parts.bootCheck();
    measurements = parts.measurements();
    loader = parts.loader();
    service = parts.service();
    installer = parts.installer();
    software = parts.software();
    updates = parts.updates();
    commands = parts.commands();
    link = parts.link();
    outbox = parts.outbox();
    keys = parts.keys();
    suites = parts.suites();
    news = parts.news();
    problems = parts.problems();
    findings = parts.findings();
    facts = parts.facts();
    boot =
        new BootJudgement(
            bootCheck::examine, documents::setDigest, policy::allowsServing, news, facts::boot);
    state = new RollbackProtection(parts.state(), news);
    turns = parts.turns();
    manager = parts.manager();
    payloads = parts.payloads();
    worker = parts.worker();
    heartbeat = parts.heartbeat();
    upkeep = new Upkeep(updates, keys, policy, news, worker, parts.checkEvery(), parts.clock());
    schedule = new Schedule(parts.pulse(), System::nanoTime);
    schedule.add("upkeep", LONG, () -> upkeep.run(this));
    schedule.add("the state's judgement", BRIEF, this::judge);
    schedule.add("commands", BRIEF, () -> whenTrusted(this::executeCommands));
    schedule.add("the update", LONG, () -> whenTrusted(this::updateOneStep));
    schedule.add("what has ended", BRIEF, () -> whenTrusted(this::reportEnds));
    schedule.add("the state", BRIEF, () -> whenTrusted(this::settle));
  }

  /**
   * Runs until {@link EventLoop#stop}.
   *
   * @param sockets open by the time the daemon says it is ready
   * @throws IOException when the state directory or the keystore does not play along at the start
   */
  void run(Sockets sockets) throws IOException, InterruptedException {
    tellFindings();
    verifyMetadata();
    measureOurselves();
    suites.offer();
    serveIfTrusted();
    sockets.awaitOpen();
    link.start();
    manager.ready(summary());
    Duration every = manager.watchdog().map(it -> it.dividedBy(BEATS)).orElse(IDLE);
    Duration pause = Duration.ZERO;
    Metronome beat = Metronome.start(every, heartbeat::beatIfAlive);
    try (beat) {
      while (turns.next(pause)) {
        pause = takeTurn();
      }
    } catch (NewVersion next) {
      news.note(String.valueOf(next.getMessage()));
    }
    manager.stopping();
  }

  private void tellFindings() throws IOException {
    findings.damage().forEach(news::problem);
    for (String change : findings.changes()) {
      news.changed(change);
    }
    if (findings.notStarted().isPresent()) {
      news.notStarted(findings.notStarted().get());
    }
  }

  /** A full disk stops all of it but not the models that serve; all of it can be done again. */
  private Duration takeTurn() throws InterruptedException {
    try {
      schedule.wake();
      return schedule.run();
    } catch (IOException trouble) {
      resumed = false;
      upkeep.soon();
      news.problem("state", Explanation.of(trouble));
      return TROUBLE;
    }
  }

  /** After a start and after trouble: a command that was begun then waits for its answer. */
  private Duration executeCommands() throws IOException, InterruptedException {
    if (!resumed) {
      installer.resume();
      commands.resume();
      resumed = true;
    }
    commands.execute();
    return IDLE;
  }

  private Duration judge() throws IOException {
    isTrusted = mayOrder();
    return isTrusted ? IDLE : TROUBLE;
  }

  /** Whoever put a state here, or took the policy away, chose what to go on with. */
  private Duration whenTrusted(Schedule.Work work) throws IOException, InterruptedException {
    return isTrusted ? work.run() : TROUBLE;
  }

  private Duration settle() throws IOException {
    if (worker.isIdle()) {
      updates.ejectWhenIdle();
    }
    software.settle(installer);
    state.renew();
    news.mended("state");
    return IDLE;
  }

  /** What is on disk is verified anew; where it does not hold, the repository can mend it. */
  private void verifyMetadata() throws IOException, InterruptedException {
    try {
      documents.load();
      tellDamaged();
    } catch (Refusal damaged) {
      news.problem("metadata", damaged);
    }
    if (installer.recovery().kind() != Recovery.Kind.NONE) {
      news.problem("journal", installer.recovery().kind() + ": " + installer.recovery().detail());
    }
    if (!documents.isInitialised()) {
      upkeep.begin(FIRST);
    }
    policy.renew();
  }

  private void tellDamaged() throws Refusal, IOException {
    List<String> damaged = documents.damaged();
    if (!damaged.isEmpty()) {
      news.problem("documents", "damaged, to be fetched again: " + String.join(", ", damaged));
    }
  }

  /** The program first: what it says of the rest is worth as much as itself. */
  private void measureOurselves() throws IOException {
    try {
      measurements.begin().ifPresent(lost -> news.problem("measurements", lost));
      measurements.measure(bootCheck.ownFiles());
    } catch (Refusal refusal) {
      news.problem("measurements", refusal);
    }
    measurePolicy();
  }

  private void measurePolicy() throws IOException {
    try {
      policy.measure(measurements);
    } catch (Refusal refusal) {
      news.problem("measurements", refusal);
    }
  }

  /** Opens the vault if the boot chain allows it, and loads what is installed. */
  private void serveIfTrusted() throws IOException {
    if (state.isTrustworthy() && boot.opensModels()) {
      loader.permit();
      serveInstalled();
    }
  }

  /** By the documents of today this device is not to serve. */
  private void withdraw() {
    loader.forbid();
    service.observe().forEach(serving -> service.retire(serving.model()));
  }

  private void serveInstalled() {
    for (Component component : installer.components().models()) {
      if (component.active().isPresent() && service.find(component.name()).isEmpty()) {
        serve(component.name(), component.active().get().release());
      }
    }
    suites.look();
  }

  /** One model that cannot be loaded does not keep the device from being mended. */
  private void serve(String model, Release release) {
    try {
      ReleaseName name = new ReleaseName(model, release.version());
      service.activate(model, release.version(), loader.load(name, release.manifest()).model());
      news.mended(model);
      news.note("serving " + name);
    } catch (Refusal refused) {
      news.problem(model, refused);
    } catch (IOException notNow) {
      news.problem(model, Explanation.of(notNow));
    }
  }

  @Override
  public boolean policyRenewed() throws IOException {
    measurePolicy();
    if (!mayOrder()) {
      return false;
    }
    if (loader.isPermitted() && boot.isOutdated() && !boot.opensModels()) {
      withdraw();
    }
    return true;
  }

  @Override
  public boolean keysRenewed() throws IOException {
    if (loader.isPermitted()) {
      serveInstalled();
    } else {
      serveIfTrusted();
    }
    return keys.settle();
  }

  @Override
  public boolean mayOrder() throws IOException {
    return state.isTrustworthy() && !policy.isMissing();
  }

  /** One durable step; returns how long to wait before the next. */
  private Duration updateOneStep() throws IOException {
    if (!payloads.isQuietBut(installer.current().map(Progress::deployment))) {
      return TROUBLE; // What a deployment has gathered is not cleared away while it still gathers.
    }
    Step step = installer.advance();
    facts.waitingFor(step.reason());
    if (step.kind() == Step.Kind.HINDERED) {
      news.problem(UPDATE, step.reason());
    } else {
      news.mended(UPDATE);
    }
    return switch (step.kind()) {
      case HINDERED -> TROUBLE;
      case DONE -> Duration.ZERO;
      case WAITING -> step.state().isOnTrial() ? WAITING : TROUBLE;
      case IDLE -> IDLE;
    };
  }

  /** Ends of deployments: kept for the fleet first, acknowledged to the installer then. */
  private Duration reportEnds() throws IOException {
    for (Outcome outcome : installer.unacknowledged()) {
      news.end(outcome);
      if (outcome.cause().kind() == Initiator.Kind.COMMAND) {
        answer(outcome);
      }
      installer.acknowledge(outcome.deployment());
      manager.status(summary());
      keys.forgetOthers();
      suites.look();
    }
    return IDLE;
  }

  private void answer(Outcome outcome) throws IOException {
    Reply reply =
        Reply.ended(outcome.deployment(), EventPublisher.describe(outcome), outcome.state());
    outbox.put(new Message(Channel.RESPONSE, reply.toJson()));
  }

  private String summary() {
    return StatusLine.of(service.observe(), problems);
  }
}
