// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.decommission;

import dev.bartizan.agent.config.AgentConfig;
import dev.bartizan.agent.mqtt.Outbox;
import dev.bartizan.agent.report.ActiveAlarms;
import dev.bartizan.agent.schedule.DaemonHealth;
import dev.bartizan.agent.schedule.Part;
import dev.bartizan.agent.uplink.FleetLink;
import dev.bartizan.agent.world.Host;
import dev.bartizan.agent.world.World;
import java.io.IOException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** By the link to the broker, as far as one is configured. */
final class LinkedMessage implements LastMessage {
  private static final Logger LOG = LoggerFactory.getLogger(LinkedMessage.class);

  /** A fleet that is away for longer hears nothing: a device does not keep its keys for ever. */
  private static final Duration PATIENCE = Duration.ofHours(1);

  private static final Duration LOOK_EVERY = Duration.ofMillis(200);

  private final AgentConfig.Fleet fleet;
  private final World world;
  private final Host host;

  LinkedMessage(AgentConfig.Fleet fleet, World world) {
    this.fleet = fleet;
    this.world = world;
    this.host = world.host();
  }

  @Override
  public void send(Leaver leaver, Outbox outbox) throws IOException, InterruptedException {
    if (fleet.broker().isEmpty()) {
      return;
    }
    host.manager().ready("leaving the fleet");
    DaemonHealth health = new DaemonHealth(host.time().nanoTime());
    try (FleetLink link =
        new FleetLink(
            fleet,
            leaver.keystore(),
            leaver.credentials(),
            outbox,
            new ActiveAlarms(),
            world,
            health.of(Part.UPLINK))) {
      // Whatever is ordered now comes too late, and is not answered.
      link.start(command -> {});
      awaitSent(outbox);
    }
  }

  private void awaitSent(Outbox outbox) throws IOException, InterruptedException {
    long end = host.time().nanoTime().getAsLong() + PATIENCE.toNanos();
    while (outbox.size() > 0) {
      if (host.time().nanoTime().getAsLong() - end > 0) {
        LOG.warn("the broker has not taken the last message for {}", PATIENCE);
        return;
      }
      host.manager().alive();
      host.time().pause().await(LOOK_EVERY);
    }
  }
}
