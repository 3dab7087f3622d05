// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.config;

import dev.bartizan.updater.fetch.DataBudget;
import dev.bartizan.updater.fetch.FetchPolicy;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The keys of {@code [repository]} that say what the link to it bears. */
final class DeliveryTable {
  private static final int MAX_MIRRORS = 16;
  private static final long MOST = 1L << 50;

  /** A terabyte a second: what comes in a minute is still counted exactly. */
  private static final long FASTEST = 1L << 40;

  private DeliveryTable() {}

  static AgentConfig.Delivery read(ConfigTable table) throws ConfigRefusal {
    return new AgentConfig.Delivery(
        mirrors(table),
        proxy(table),
        rates(table),
        new DataBudget.Limits(
            table.number("daily_bytes", 0, 0, MOST), table.number("rollout_bytes", 0, 0, MOST)));
  }

  private static List<URI> mirrors(ConfigTable table) throws ConfigRefusal {
    List<URI> mirrors = new ArrayList<>();
    for (String text : table.texts("mirrors")) {
      mirrors.add(ServerAddress.base(table, "mirrors", text));
    }
    if (mirrors.size() > MAX_MIRRORS) {
      throw table.refusal("mirrors", "are more than " + MAX_MIRRORS);
    }
    return mirrors;
  }

  /** Not looked up here: a name that does not resolve now may do so when it is needed. */
  private static Optional<InetSocketAddress> proxy(ConfigTable table) throws ConfigRefusal {
    Optional<String> text = table.findText("proxy");
    if (text.isEmpty()) {
      return Optional.empty();
    }
    URI uri = ServerAddress.withPort(table, "proxy", text.get(), "http");
    return Optional.of(InetSocketAddress.createUnresolved(uri.getHost(), uri.getPort()));
  }

  private static FetchPolicy rates(ConfigTable table) throws ConfigRefusal {
    long slowest =
        table.number("slowest_bytes_per_second", FetchPolicy.DEFAULT.slowest(), 0, FASTEST);
    long fastest = table.number("fastest_bytes_per_second", 0, 0, FASTEST);
    try {
      return FetchPolicy.DEFAULT.withRates(slowest, fastest);
    } catch (IllegalArgumentException contradiction) {
      throw table.refusal(
          "fastest_bytes_per_second", "is less than twice slowest_bytes_per_second", contradiction);
    }
  }
}
