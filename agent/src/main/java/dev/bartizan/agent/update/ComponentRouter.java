// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.update;

import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.updater.install.ComponentKind;
import dev.bartizan.updater.install.ComponentName;
import dev.bartizan.updater.install.Components;
import dev.bartizan.updater.install.Deployment;
import dev.bartizan.updater.install.Payloads;
import dev.bartizan.updater.install.Release;
import dev.bartizan.updater.install.RequiredObjects;
import dev.bartizan.updater.store.ObjectStore;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Gets what concerns the agent's own software one way, and what concerns models the other; and a
 * suite both ways, by one plan.
 */
public final class ComponentRouter implements Payloads {
  private final Delivery delivery;
  private final ObjectStore store;
  private final SuiteDocuments suites;
  private final ReleasePayloads modelPayloads;
  private final SoftwarePayloads softwarePayloads;
  private final Plans plans;

  /**
   * @param plans of deployments; this is the one that makes them
   */
  ComponentRouter(
      Delivery delivery,
      ObjectStore store,
      SuiteDocuments suites,
      ReleasePayloads modelPayloads,
      SoftwarePayloads softwarePayloads,
      Plans plans) {
    this.delivery = delivery;
    this.store = store;
    this.suites = suites;
    this.modelPayloads = modelPayloads;
    this.softwarePayloads = softwarePayloads;
    this.plans = plans;
  }

  private ComponentPayloads payloads(ComponentKind kind) {
    return switch (kind) {
      case SOFTWARE -> softwarePayloads;
      case MODEL -> modelPayloads;
      case SUITE -> throw new IllegalArgumentException("only the members of a suite have any");
    };
  }

  private ComponentPayloads payloads(Deployment move) {
    return payloads(move.componentKind());
  }

  /** What it would cost to have all of these releases, by component, here. */
  public UpdateEstimate estimate(Map<ComponentName, Release> releases, Components installed)
      throws IOException, Refusal {
    UpdateEstimate estimate = UpdateEstimate.NOTHING;
    for (Map.Entry<ComponentName, Release> each : releases.entrySet()) {
      ComponentPayloads payloads = payloads(each.getKey().kind());
      UpdateEstimate one = payloads.look(each.getKey(), each.getValue(), installed).estimate();
      estimate = estimate.and(releases.size() == 1 ? one : one.of(each.getKey().text()));
    }
    return estimate;
  }

  @Override
  public void plan(Deployment deployment, Components installed) throws IOException, Refusal {
    if (deployment.isSuite()) {
      suites.keep(deployment.component(), deployment.to());
    }
    make(deployment, installed);
  }

  private DeploymentPlan make(Deployment deployment, Components installed)
      throws IOException, Refusal {
    Map<ComponentName, UpdatePlan> parts = new HashMap<>();
    for (Deployment move : deployment.moves()) {
      parts.put(move.component(), payloads(move).plan(move, installed));
    }
    DeploymentPlan plan = new DeploymentPlan(deployment, parts);
    afford(deployment, plan.estimate());
    plans.keep(plan);
    return plan;
  }

  private void afford(Deployment deployment, UpdateEstimate estimate) throws IOException, Refusal {
    delivery.requireBudget(deployment, estimate.bytes());
    store.requireSpace(estimate.space());
  }

  @Override
  public Optional<RequiredObjects> fetch(Deployment deployment, Components installed)
      throws IOException, Refusal {
    delivery.begin(deployment);
    DeploymentPlan plan =
        plans.of(deployment, installed, this::payloads, () -> make(deployment, installed));
    for (Deployment move : deployment.moves()) {
      payloads(move).setAside(move, plan.of(move));
    }
    RequiredObjects required = new RequiredObjects(Map.of());
    if (deployment.isSuite()) {
      Digest document = suites.keep(deployment.component(), deployment.to());
      required = required.and(deployment.component(), Set.of(document));
    }
    for (Deployment move : deployment.moves()) {
      Optional<Set<Digest>> objects = fetch(move, plan, installed);
      if (objects.isEmpty()) {
        return Optional.empty();
      }
      required = required.and(move.component(), objects.get());
    }
    delivery.end();
    return Optional.of(required);
  }

  /** A way that is none any more is left for another, which may cost more. */
  private Optional<Set<Digest>> fetch(Deployment move, DeploymentPlan plan, Components installed)
      throws IOException, Refusal {
    try {
      return payloads(move).fetch(move, plan.of(move));
    } catch (PlanRefusal closed) {
      UpdatePlan other = payloads(move).plan(move, installed);
      afford(plan.deployment(), other.estimate());
      plans.keep(plan.with(move, other));
      return Optional.empty();
    }
  }
}
