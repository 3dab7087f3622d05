package dev.bartizan.fleet.founding;

import dev.bartizan.fleet.identity.FleetSettings;
import dev.bartizan.fleet.publish.RepositoryPlan;
import java.net.URI;
import java.util.List;

/**
 * A fleet to be founded.
 *
 * @param settings trust domain and broker
 * @param hosts DNS names and IP addresses of the enrolment server and the broker; at least one
 * @param repository where devices will find {@code repository/}; ends in a slash
 * @param roles who signs what, with how many keys
 */
public record FleetPlan(
    FleetSettings settings, List<String> hosts, URI repository, RepositoryPlan roles) {
  public FleetPlan {
    hosts = List.copyOf(hosts);
    if (hosts.isEmpty()) {
      throw new IllegalArgumentException("the servers need a name");
    }
    if (repository.getHost() == null || !repository.getPath().endsWith("/")) {
      throw new IllegalArgumentException("not a URL that ends in a slash: " + repository);
    }
  }
}
