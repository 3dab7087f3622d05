// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent;

import dev.bartizan.agent.config.AgentConfig;
import dev.bartizan.agent.deploy.Deploy;
import dev.bartizan.agent.local.Local;
import dev.bartizan.agent.models.Models;
import dev.bartizan.agent.report.Events;
import dev.bartizan.agent.repository.OfflineSource;
import dev.bartizan.agent.repository.Repository;
import dev.bartizan.agent.schedule.DaemonThreads;
import dev.bartizan.agent.trust.Trust;
import dev.bartizan.agent.trust.TrustedClock;
import dev.bartizan.agent.uplink.DeviceStatus;
import dev.bartizan.agent.uplink.Uplink;
import dev.bartizan.agent.world.Host;
import dev.bartizan.agent.world.Natives;
import dev.bartizan.agent.world.World;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.updater.fetch.ToldTransport;
import java.io.IOException;

/**
 * One device in one world: the agent's parts, each of which wires itself from those before it, and
 * the agent that makes them work.
 */
public final class Daemon implements AutoCloseable {
  private final DaemonThreads threads;
  private final Models models;
  private final Deploy deploy;
  private final Uplink uplink;
  private final Local local;
  private final Agent agent;

  /**
   * @param world stays open for whoever opened it
   */
  public Daemon(AgentConfig config, World world) throws IOException, Refusal {
    Natives natives = new Natives(config, world);
    Host host = world.host();
    this.threads =
        new DaemonThreads(host.workers().thread().apply("repository"), host.time().nanoTime());
    TrustedClock clock =
        TrustedClock.open(host.time().clock(), host.time().nanoTime(), world.disk());
    Events events = new Events(world.disk(), clock);
    OfflineSource offline = OfflineSource.open(world.disk());
    Repository repository =
        new Repository(
            config.repository(),
            server ->
                new ToldTransport(
                    offline.before(world.transport(server)), threads.worker()::progress),
            host.time().nanoTime());
    Trust trust = new Trust(config, world, natives, clock, repository, events);
    this.models = new Models(world, natives, trust, events, threads);
    this.deploy = new Deploy(config, world, trust, models, offline, events, threads);
    this.uplink = new Uplink(config, world, trust, models, deploy, events, threads);
    this.local = new Local(config, world, trust, models, deploy, uplink, threads);
    this.agent =
        new Agent(trust, models, deploy, uplink, events.publisher(), threads, host.manager());
    local.schedule(threads.schedule());
  }

  /** For whoever takes the turns one by one, in the place of {@link #run}. */
  Agent agent() {
    return agent;
  }

  Models models() {
    return models;
  }

  Deploy deploy() {
    return deploy;
  }

  DeviceStatus status() {
    return uplink.status();
  }

  /** Serves until {@link #stop}. */
  public void run() throws IOException, InterruptedException {
    agent.run(local.open());
  }

  /** Lets the current turn be the last; from any thread. */
  public void stop() {
    threads.loop().stop();
  }

  @Override
  public void close() throws IOException {
    threads.close();
    uplink.close();
    local.close();
    models.close();
  }
}
