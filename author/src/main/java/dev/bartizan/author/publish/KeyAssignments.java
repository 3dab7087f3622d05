// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.author.publish;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.author.keys.MetadataSigning.Demand;
import dev.bartizan.author.keys.RoleKey;
import dev.bartizan.updater.tuf.PathPattern;
import dev.bartizan.updater.tuf.RoleName;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Who signs for whom, as root and top-level targets say it in an {@link MetadataDraft}. */
final class KeyAssignments {
  private final MetadataDraft draft;

  KeyAssignments(MetadataDraft draft) {
    this.draft = draft;
  }

  /** Makes {@code keys} the only ones of {@code role}; keys nobody uses any more are dropped. */
  void assign(RoleName role, List<RoleKey> keys, int threshold) {
    ObjectNode entry = entryOf(role);
    entry.put("threshold", threshold);
    entry.putArray("keyids");
    for (RoleKey key : keys) {
      entry.withArray("keyids").add(key.id());
      tableOf(role).set(key.id(), key.toJson());
    }
    dropUnused(role);
  }

  /** What it takes to sign for {@code role}. */
  Demand demand(RoleName role) {
    JsonNode entry = entryOf(role);
    return new Demand(role.value(), ids(entry), entry.path("threshold").asInt());
  }

  /** Whether {@code role} may vouch for {@code path}. */
  boolean covers(RoleName role, String path) {
    for (JsonNode pattern : entryOf(role).path("paths")) {
      if (new PathPattern(pattern.asText()).matches(path)) {
        return true;
      }
    }
    return false;
  }

  /** Whether there is such a role. */
  boolean knows(RoleName role) {
    return isTopLevel(role) || delegation(role) != null;
  }

  private ObjectNode entryOf(RoleName role) {
    if (isTopLevel(role)) {
      return draft.signed(RoleName.ROOT).withObject("roles").withObject(role.value());
    }
    ObjectNode known = delegation(role);
    return known != null ? known : addDelegation(role);
  }

  private @Nullable ObjectNode delegation(RoleName role) {
    for (JsonNode entry : delegations().path("roles")) {
      if (entry.path("name").asText().equals(role.value())) {
        return (ObjectNode) entry;
      }
    }
    return null;
  }

  private ObjectNode addDelegation(RoleName role) {
    ObjectNode entry = delegations().withArray("roles").addObject();
    // Terminating: nobody else is to be asked about a path that is this role's affair.
    entry.put("name", role.value()).put("terminating", true);
    RepositoryPlan.pathsOf(role).forEach(entry.putArray("paths")::add);
    return entry;
  }

  private ObjectNode delegations() {
    return draft.signed(RoleName.TARGETS).withObject("delegations");
  }

  private ObjectNode tableOf(RoleName role) {
    return (isTopLevel(role) ? draft.signed(RoleName.ROOT) : delegations()).withObject("keys");
  }

  private void dropUnused(RoleName role) {
    Set<String> used = new HashSet<>();
    Iterable<JsonNode> entries =
        isTopLevel(role) ? draft.signed(RoleName.ROOT).path("roles") : delegations().path("roles");
    entries.forEach(entry -> used.addAll(ids(entry)));
    tableOf(role).retain(used);
  }

  private static Set<String> ids(JsonNode entry) {
    Set<String> ids = new HashSet<>();
    entry.path("keyids").forEach(id -> ids.add(id.asText()));
    return ids;
  }

  private static boolean isTopLevel(RoleName role) {
    return RepositoryPlan.TOP_LEVEL.contains(role);
  }
}
