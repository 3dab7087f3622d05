// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.install;

import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What somebody wants installed.
 *
 * @param id names the deployment; the same id is carried out once. 1 to 200 printable characters
 * @param component the model, by name; or the agent's software, or a suite
 * @param to the release it shall become
 * @param initiator who wants it
 * @param notAfter give up when activation has not begun by then
 * @param members of a suite: which component shall become which release; else empty
 */
public record DeploymentRequest(
    String id,
    ComponentName component,
    Release to,
    Initiator initiator,
    Optional<Instant> notAfter,
    Map<ComponentName, Release> members) {
  public DeploymentRequest {
    OneLine.require("deployment id", id, 200);
    members = Collections.unmodifiableMap(new TreeMap<>(members));
    if (members.isEmpty() == (component.kind() == ComponentKind.SUITE)) {
      throw new IllegalArgumentException(component + ": a suite has members, and nothing else has");
    }
  }

  /** A request for one component by itself. */
  public static DeploymentRequest of(
      String id, ComponentName component, Release to, Initiator initiator) {
    return new DeploymentRequest(id, component, to, initiator, Optional.empty(), Map.of());
  }
}
