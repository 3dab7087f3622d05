// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.repository;

import dev.bartizan.agent.config.AgentConfig;
import dev.bartizan.updater.fetch.Mirror;
import dev.bartizan.updater.fetch.Pace;
import dev.bartizan.updater.fetch.SmallFiles;
import dev.bartizan.updater.fetch.Transport;
import java.net.URI;
import java.util.List;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/** The repository, as whichever of its servers answers. */
public final class Repository {
  private final List<Mirror> mirrors;
  private final LongSupplier nanoTime;

  /**
   * @param config names the servers, in the order in which they are asked
   * @param network what is asked for the files of one
   * @param nanoTime monotonic
   */
  public Repository(
      AgentConfig.Repository config, Function<URI, Transport> network, LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.mirrors =
        Stream.concat(Stream.of(config.url()), config.delivery().mirrors().stream())
            .map(url -> new Mirror(url.toString(), network.apply(url)))
            .toList();
  }

  public List<Mirror> mirrors() {
    return mirrors;
  }

  /** Small files, each within its pace, from whichever server has one. */
  public SmallFiles smallFiles() {
    return new SmallFiles(mirrors, nanoTime, Pace.DEFAULT);
  }

  /** The same, from one server alone. */
  public SmallFiles smallFiles(Mirror one) {
    return new SmallFiles(List.of(one), nanoTime, Pace.DEFAULT);
  }
}
