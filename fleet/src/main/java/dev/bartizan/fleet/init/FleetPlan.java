// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.init;

import dev.bartizan.fleet.FleetSettings;
import dev.bartizan.fleet.credential.BrokerToken;
import java.util.List;
import java.util.Optional;

/**
 * A fleet to be founded.
 *
 * @param settings trust domain, broker, and where the author's repository is
 * @param hosts DNS names and IP addresses of the enrolment server and the broker; at least one
 * @param brokerToken where the key broker's key is made; without one it is a file
 */
public record FleetPlan(
    FleetSettings settings, List<String> hosts, Optional<BrokerToken> brokerToken) {
  public FleetPlan {
    hosts = hosts.stream().map(FleetPlan::withoutBrackets).toList();
    if (hosts.isEmpty()) {
      throw new IllegalArgumentException("the servers need a name");
    }
  }

  /** With all keys in files. */
  public FleetPlan(FleetSettings settings, List<String> hosts) {
    this(settings, hosts, Optional.empty());
  }

  /** A host as it stands in a URL: an IPv6 address is in brackets there, and nowhere else. */
  public static String inUrl(String host) {
    String plain = withoutBrackets(host);
    return plain.contains(":") ? "[" + plain + "]" : plain;
  }

  private static String withoutBrackets(String host) {
    return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
  }
}
