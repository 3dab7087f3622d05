// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.world;

import dev.bartizan.agent.config.AgentConfig;
import dev.bartizan.agent.identity.FleetTls;
import dev.bartizan.updater.fetch.HttpTransport;
import dev.bartizan.updater.fetch.Pace;
import dev.bartizan.updater.fetch.Transport;
import java.net.URI;
import java.util.List;
import javax.net.ssl.SSLContext;

/** The repository's servers over HTTP. */
public final class Network {
  private final AgentConfig.Delivery delivery;

  public Network(AgentConfig config) {
    this.delivery = config.repository().delivery();
  }

  public Transport to(URI server) {
    // Without TLS to do, nobody needs the platform's hundred and more authorities parsed at start.
    SSLContext tls = server.getScheme().equals("http") ? FleetTls.anonymous(List.of()) : null;
    return HttpTransport.to(server, tls, Pace.DEFAULT.silence(), delivery.proxy());
  }
}
