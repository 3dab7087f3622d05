// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent;

import dev.bartizan.agent.deploy.Deploy;
import dev.bartizan.agent.local.Local;
import dev.bartizan.agent.models.Models;
import dev.bartizan.agent.report.EventPublisher;
import dev.bartizan.agent.schedule.DaemonThreads;
import dev.bartizan.agent.schedule.Ending;
import dev.bartizan.agent.schedule.Metronome;
import dev.bartizan.agent.schedule.Schedule;
import dev.bartizan.agent.schedule.Subsystem;
import dev.bartizan.agent.system.ServiceManager;
import dev.bartizan.agent.trust.Trust;
import dev.bartizan.agent.uplink.Uplink;
import dev.bartizan.crypto.Explanation;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One device, from start to stop: check the boot chain, unseal, load, serve, listen, update,
 * report.
 *
 * <p>Trust fails closed, service fails open: whatever goes wrong with the network, the broker or an
 * update is noted, and the model that serves goes on serving.
 */
final class Agent {
  private static final Logger LOG = LoggerFactory.getLogger(Agent.class);

  /** How often the beat is looked after when nobody watches. */
  private static final Duration IDLE = Duration.ofSeconds(10);

  /** Beats within the service manager's patience: one may be late. */
  private static final int BEATS = 3;

  private final Trust trust;
  private final Models models;
  private final Deploy deploy;
  private final Uplink uplink;
  private final EventPublisher publisher;
  private final DaemonThreads threads;
  private final ServiceManager manager;
  private final Schedule schedule;

  Agent(
      Trust trust,
      Models models,
      Deploy deploy,
      Uplink uplink,
      EventPublisher publisher,
      DaemonThreads threads,
      ServiceManager manager) {
    this.trust = trust;
    this.models = models;
    this.deploy = deploy;
    this.uplink = uplink;
    this.publisher = publisher;
    this.threads = threads;
    this.manager = manager;
    this.schedule = threads.schedule();
    deploy.scheduleUpkeep(schedule);
    uplink.schedule(schedule);
    deploy.schedule(schedule);
    models.schedule(schedule);
  }

  /**
   * Runs until the loop is stopped.
   *
   * @param sockets open by the time the daemon says it is ready
   * @throws IOException when the state directory or the keystore does not play along at the start
   */
  void run(Local.Opening sockets) throws IOException, InterruptedException {
    start();
    sockets.await();
    listen();
    manager.ready(models.summary());
    Duration every = manager.watchdog().map(it -> it.dividedBy(BEATS)).orElse(IDLE);
    Metronome beat = threads.beat(every, manager::alive, this::stuck);
    try (beat) {
      takeTurns();
    } catch (Ending ending) {
      publisher.note(String.valueOf(ending.getMessage()));
    }
    manager.stopping();
  }

  /** The service manager ends a daemon that does not beat: what it died of stands in the log. */
  private void stuck(String which) {
    LOG.error("no sign of life for the service manager: {}", which);
    manager.status(which);
  }

  /** Who we are, what we believe, and what serves by it. */
  void start() throws IOException, InterruptedException {
    trust.tellFindings();
    uplink.tellFindings();
    deploy.tellFindings();
    trust.verifyMetadata();
    deploy.awaitFirstMetadata();
    trust.policy().renew();
    trust.measureOurselves();
    deploy.offerSuites();
    deploy.serving().begin();
  }

  /** From now on the fleet may command. */
  void listen() {
    uplink.connect();
  }

  /** Which version of each role this device believes now. */
  Map<String, Long> metadata() {
    return trust.documents().versions();
  }

  private void takeTurns() throws InterruptedException {
    Duration pause = Duration.ZERO;
    while (threads.loop().next(pause)) {
      pause = takeTurn();
    }
  }

  /**
   * A full disk stops all of it but not the models that serve; all of it can be done again.
   *
   * @return how long until the next turn, if nobody wants something before
   */
  Duration takeTurn() throws InterruptedException {
    try {
      return schedule.turn();
    } catch (IOException trouble) {
      uplink.trouble();
      deploy.trouble();
      publisher.problem("state", Explanation.of(trouble));
      return Subsystem.TROUBLE;
    }
  }
}
