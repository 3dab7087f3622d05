// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.uplink;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.agent.config.AgentConfig;
import dev.bartizan.agent.identity.Certificates;
import dev.bartizan.agent.identity.CredentialStore;
import dev.bartizan.agent.identity.FleetTls;
import dev.bartizan.agent.mqtt.BrokerAddress;
import dev.bartizan.agent.mqtt.BrokerLink;
import dev.bartizan.agent.mqtt.Link;
import dev.bartizan.agent.mqtt.Outbox;
import dev.bartizan.agent.report.ActiveAlarms;
import dev.bartizan.agent.schedule.Health;
import dev.bartizan.agent.world.World;
import dev.bartizan.crypto.Explanation;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.keystore.DeviceKeystore;
import java.io.IOException;
import java.net.URI;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * The way to the fleet, as far as one is configured. It is put together when the models serve: TLS
 * and MQTT take a while to load, and no application waits for them.
 */
public final class FleetLink implements AutoCloseable {
  private static final String SUBJECT = "broker";

  private final AgentConfig.Fleet fleet;
  private final DeviceKeystore keystore;
  private final CredentialStore credentials;
  private final Outbox outbox;
  private final ActiveAlarms alarms;
  private final World world;
  private final Health health;
  private @Nullable Link link;
  private @Nullable SSLContext tls;
  private boolean closed;

  public FleetLink(
      AgentConfig.Fleet fleet,
      DeviceKeystore keystore,
      CredentialStore credentials,
      Outbox outbox,
      ActiveAlarms alarms,
      World world,
      Health health) {
    this.fleet = fleet;
    this.keystore = keystore;
    this.credentials = credentials;
    this.outbox = outbox;
    this.alarms = alarms;
    this.world = world;
    this.health = health;
  }

  /**
   * Connects in the background.
   *
   * @param commands is given whatever comes
   */
  public void start(BrokerLink.CommandSink commands) {
    if (fleet.broker().isPresent()) {
      world.host().workers().pool().execute(() -> connect(fleet.broker().get(), commands));
    }
  }

  private synchronized void connect(URI broker, BrokerLink.CommandSink commands) {
    if (closed) {
      return;
    }
    try {
      SSLContext own =
          FleetTls.of(
              keystore, credentials::identityChain, Certificates.read(fleet.trustAnchors()));
      link =
          world.link(
              new BrokerAddress(broker, own, keystore.ueid(), fleet.groups()),
              outbox,
              commands,
              this::changed,
              health);
      tls = own;
      link.start();
    } catch (Refusal unusable) {
      alarms.raise(SUBJECT, unusable);
    } catch (IOException unusable) {
      alarms.raise(SUBJECT, Explanation.of(unusable));
    }
  }

  private void changed(String state) {
    if (state.equals(BrokerLink.CONNECTED)) {
      alarms.clear(SUBJECT);
    } else {
      alarms.raise(SUBJECT, state);
    }
  }

  /** There is a new certificate: the broker is to see it. */
  synchronized void renewed() {
    if (link != null && tls != null) {
      FleetTls.forgetSessions(tls);
      link.renew();
    }
  }

  /** Its part of {@code status}. */
  void describe(ObjectNode status) {
    status.put("broker", state());
  }

  private synchronized String state() {
    if (link != null) {
      return link.state();
    }
    return fleet.broker().isPresent() ? "not connected yet" : "none configured";
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (link != null) {
      link.close();
    }
  }
}
