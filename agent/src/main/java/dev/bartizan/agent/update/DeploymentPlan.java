// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.update;

import dev.bartizan.updater.install.ComponentName;
import dev.bartizan.updater.install.Deployment;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * How all that a deployment moves is going to be had. Made once; another one only where a way has
 * turned out to be none.
 *
 * @param parts by component
 */
record DeploymentPlan(Deployment deployment, Map<ComponentName, UpdatePlan> parts) {
  DeploymentPlan {
    parts = Collections.unmodifiableMap(new TreeMap<>(parts));
  }

  UpdatePlan of(Deployment move) {
    return Objects.requireNonNull(parts.get(move.component()), move.component().text());
  }

  /** The same by another way for one of them. */
  DeploymentPlan with(Deployment move, UpdatePlan plan) {
    Map<ComponentName, UpdatePlan> all = new HashMap<>(parts);
    all.put(move.component(), plan);
    return new DeploymentPlan(deployment, all);
  }

  UpdateEstimate estimate() {
    UpdateEstimate estimate = UpdateEstimate.NOTHING;
    for (Deployment move : deployment.moves()) {
      estimate = estimate.and(of(move).estimate());
    }
    return estimate;
  }

  WrittenPlan written() {
    return new WrittenPlan(
        deployment.id(),
        deployment.moves().stream()
            .collect(
                Collectors.toMap(
                    Deployment::component, it -> WrittenStrategy.of(it.to(), of(it).strategy()))));
  }
}
