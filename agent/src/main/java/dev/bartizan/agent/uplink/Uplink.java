// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.uplink;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.agent.attest.FleetAttestation;
import dev.bartizan.agent.attest.Reporting;
import dev.bartizan.agent.command.CommandProcessor;
import dev.bartizan.agent.command.Inbox;
import dev.bartizan.agent.command.Reply;
import dev.bartizan.agent.config.AgentConfig;
import dev.bartizan.agent.deploy.Deploy;
import dev.bartizan.agent.models.Models;
import dev.bartizan.agent.renewal.Attestation;
import dev.bartizan.agent.report.Attester;
import dev.bartizan.agent.report.EventPublisher;
import dev.bartizan.agent.report.Events;
import dev.bartizan.agent.schedule.DaemonThreads;
import dev.bartizan.agent.schedule.Part;
import dev.bartizan.agent.schedule.Schedule;
import dev.bartizan.agent.schedule.Subsystem;
import dev.bartizan.agent.trust.Trust;
import dev.bartizan.agent.world.World;
import dev.bartizan.crypto.Explanation;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.protocol.command.CommandVerifier;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The way to the fleet. Its parts are wired here and nowhere else. */
public final class Uplink implements Subsystem, AutoCloseable {
  /** Commands only order; what lasts is done by others. */
  private static final Duration BRIEF = Duration.ofMinutes(5);

  private final Deploy deploy;
  private final Events events;
  private final Inbox inbox;
  private final FleetLink link;
  private final CredentialLife credentials;
  private final Optional<Reporting> reporting;
  private final DeviceStatus status;
  private final Attester attester;
  private final DeviceLife life;
  private final CommandProcessor commands;
  private boolean resumed;

  public Uplink(
      AgentConfig config,
      World world,
      Trust trust,
      Models models,
      Deploy deploy,
      Events events,
      DaemonThreads threads)
      throws IOException, Refusal {
    this.deploy = deploy;
    this.events = events;
    this.inbox = Inbox.open(world.disk(), trust.clock().instant());
    this.link =
        new FleetLink(
            config.fleet(),
            trust.keystore(),
            trust.credentials(),
            events.outbox(),
            events.alarms(),
            world,
            threads.health().of(Part.UPLINK));
    this.status =
        new DeviceStatus(
            world.host().installation().version(),
            trust.clock(),
            models.service()::isReady,
            events.alarms(),
            List.of(
                threads.health()::describe,
                trust::describe,
                models::describe,
                deploy::describe,
                this::describe));
    HealthReport health = new HealthReport(status, trust, models, deploy, events.alarms());
    this.attester =
        new Attester(
            trust.measurements(), health::claims, config.device().bootLogs(), trust.clock());
    Optional<FleetAttestation> fleet = FleetAttestation.of(config.fleet(), trust, attester);
    this.credentials =
        new CredentialLife(
            config.fleet(),
            trust,
            fleet.map(Attestation.class::cast),
            threads.worker(),
            world.host().random(),
            link::renewed);
    this.reporting =
        fleet.map(
            attestation ->
                new Reporting(
                    attestation,
                    () -> List.of(deploy.installer().head(), trust.bootVerdict().overall()),
                    config.fleet().reportEvery(),
                    threads.worker(),
                    trust.clock(),
                    world.host().random(),
                    trust.silence()));
    this.life =
        new DeviceLife(config.fleet(), world.disk(), trust, deploy.installer(), threads.worker());
    this.commands =
        new CommandProcessor(
            inbox,
            new CommandVerifier(trust.keystore().ueid(), config.fleet().groups()),
            trust.policy()::commandKeys,
            new CommandHandlers(
                deploy.updates(), deploy.installer(), attester, status, life, threads.worker()),
            new Counter(events, threads.loop()::wake),
            trust.clock());
  }

  public DeviceStatus status() {
    return status;
  }

  public EventPublisher publisher() {
    return events.publisher();
  }

  public Attester attester() {
    return attester;
  }

  /** Begins to listen: TLS and MQTT take a while to load, and no application waits for them. */
  public void connect() {
    link.start(commands);
  }

  @Override
  public void tellFindings() {
    if (inbox.wasDamaged()) {
      events
          .publisher()
          .problem("commands", "inbox: damaged or missing: no command given before now is obeyed");
    }
    List<String> lost = events.outbox().lost();
    if (!lost.isEmpty()) {
      events.publisher().problem("outbox", "damaged, and not sent: " + String.join(", ", lost));
    }
  }

  @Override
  public void schedule(Schedule schedule) {
    schedule.add(
        Part.UPLINK, "commands", BRIEF, deploy.judgement().guard(this::executeCommands, TROUBLE));
    credentials.schedule(schedule);
    reporting.ifPresent(task -> schedule.add(Part.UPLINK, "attestation", BRIEF, task::turn));
  }

  /** After a start and after trouble: a command that was begun then waits for its answer. */
  private Duration executeCommands() throws IOException, InterruptedException {
    if (!resumed) {
      deploy.installer().resume();
      commands.resume();
      resumed = true;
    }
    commands.execute();
    life.endIfAsked();
    return IDLE;
  }

  @Override
  public void trouble() {
    resumed = false;
  }

  @Override
  public void describe(ObjectNode status) {
    credentials.describe(status);
    reporting.ifPresent(task -> task.describe(status));
    link.describe(status);
  }

  @Override
  public void close() {
    link.close();
  }

  /** Answers go out by the outbox; a command that was refused is an incident. */
  private record Counter(Events events, Runnable loop) implements CommandProcessor.Counter {
    @Override
    public void answer(Reply reply) throws IOException {
      events.answer(reply);
    }

    @Override
    public void refused(Refusal refusal) {
      events.publisher().incident("command", Explanation.of(refusal));
    }

    @Override
    public void wake() {
      loop.run();
    }
  }
}
