// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent;

import dev.bartizan.agent.config.AgentConfig;
import dev.bartizan.agent.identity.Certificates;
import dev.bartizan.agent.identity.Credentials;
import dev.bartizan.agent.identity.FleetTls;
import dev.bartizan.agent.mqtt.BrokerLink;
import dev.bartizan.agent.mqtt.Outbox;
import dev.bartizan.agent.report.ActiveAlarms;
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
final class FleetLink implements Agent.Link, AutoCloseable {
  private static final String SUBJECT = "broker";

  private final AgentConfig.Fleet fleet;
  private final DeviceKeystore keystore;
  private final Credentials credentials;
  private final Outbox outbox;
  private final BrokerLink.CommandSink commands;
  private final ActiveAlarms problems;
  private final Assembly.Host host;
  private @Nullable BrokerLink link;
  private boolean closed;

  FleetLink(
      AgentConfig.Fleet fleet,
      DeviceKeystore keystore,
      Credentials credentials,
      Outbox outbox,
      BrokerLink.CommandSink commands,
      ActiveAlarms problems,
      Assembly.Host host) {
    this.fleet = fleet;
    this.keystore = keystore;
    this.credentials = credentials;
    this.outbox = outbox;
    this.commands = commands;
    this.problems = problems;
    this.host = host;
  }

  @Override
  public void start() {
    if (fleet.broker().isPresent()) {
      host.workers().execute(() -> connect(fleet.broker().get()));
    }
  }

  private synchronized void connect(URI broker) {
    if (closed) {
      return;
    }
    try {
      SSLContext tls =
          FleetTls.of(
              keystore, credentials.identityChain(), Certificates.read(fleet.trustAnchors()));
      link =
          new BrokerLink(
              broker,
              tls,
              keystore.ueid(),
              fleet.groups(),
              outbox,
              commands,
              this::changed,
              host.random(),
              BrokerLink.Pace.USUAL);
      link.start();
    } catch (Refusal unusable) {
      problems.note(SUBJECT, unusable);
    } catch (IOException unusable) {
      problems.note(SUBJECT, Explanation.of(unusable));
    }
  }

  private void changed(String state) {
    if (state.equals(BrokerLink.CONNECTED)) {
      problems.mended(SUBJECT);
    } else {
      problems.note(SUBJECT, state);
    }
  }

  /** How the link fares, in a few words. */
  synchronized String state() {
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
