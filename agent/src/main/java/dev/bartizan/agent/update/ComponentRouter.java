// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.update;

import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.updater.install.ComponentKind;
import dev.bartizan.updater.install.Deployment;
import dev.bartizan.updater.install.Payloads;
import dev.bartizan.updater.install.Release;
import dev.bartizan.updater.install.RequiredObjects;
import dev.bartizan.updater.install.Trial;
import dev.bartizan.updater.install.Verdict;
import dev.bartizan.updater.store.ObjectStore;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Sends what concerns the agent's own software one way, and what concerns models the other; and a
 * suite both ways, as one.
 *
 * <p>The software goes first, forward and back: another version of it is another process, and the
 * models are for that one to swap.
 */
public final class ComponentRouter implements Payloads, Trial {
  private final Delivery delivery;
  private final ObjectStore store;
  private final SuiteDocuments suites;
  private final ReleasePayloads modelPayloads;
  private final ModelTrial modelTrial;
  private final SoftwarePayloads softwarePayloads;
  private final SoftwareTrial softwareTrial;

  public ComponentRouter(
      Delivery delivery,
      ObjectStore store,
      SuiteDocuments suites,
      ReleasePayloads modelPayloads,
      ModelTrial modelTrial,
      SoftwarePayloads softwarePayloads,
      SoftwareTrial softwareTrial) {
    this.delivery = delivery;
    this.store = store;
    this.suites = suites;
    this.modelPayloads = modelPayloads;
    this.modelTrial = modelTrial;
    this.softwarePayloads = softwarePayloads;
    this.softwareTrial = softwareTrial;
  }

  private ComponentPayloads payloads(String component) {
    return switch (ComponentKind.of(component)) {
      case SOFTWARE -> softwarePayloads;
      case MODEL -> modelPayloads;
      case SUITE -> throw new IllegalArgumentException(component + ": only its members have any");
    };
  }

  private static Optional<Deployment> software(Deployment deployment) {
    return deployment.moveOf(SoftwareTrial.AGENT);
  }

  private static boolean concernsModels(Deployment deployment) {
    return deployment.componentKind() != ComponentKind.SOFTWARE;
  }

  /** What it would cost to have all of these releases, by component, here. */
  public UpdateEstimate cost(Map<String, Release> releases) throws IOException, Refusal {
    UpdateEstimate cost = UpdateEstimate.NOTHING;
    for (Map.Entry<String, Release> each : releases.entrySet()) {
      UpdateEstimate one = payloads(each.getKey()).cost(each.getKey(), each.getValue());
      cost = cost.and(releases.size() == 1 ? one : one.of(each.getKey()));
    }
    return cost;
  }

  @Override
  public void plan(Deployment deployment) throws IOException, Refusal {
    if (deployment.isSuite()) {
      suites.keep(deployment.component(), deployment.to());
    }
    UpdateEstimate cost = UpdateEstimate.NOTHING;
    for (Deployment move : deployment.moves()) {
      payloads(move.component()).prepare(move);
      cost = cost.and(payloads(move.component()).cost(move.component(), move.to()));
    }
    delivery.requireBudget(deployment, cost.bytes());
    store.requireSpace(cost.space());
  }

  @Override
  public Optional<RequiredObjects> fetch(Deployment deployment) throws IOException, Refusal {
    delivery.begin(deployment);
    for (Deployment move : deployment.moves()) {
      payloads(move.component()).setAside(move);
    }
    RequiredObjects needs = new RequiredObjects(Map.of());
    if (deployment.isSuite()) {
      Digest document = suites.keep(deployment.component(), deployment.to());
      needs = needs.and(deployment.component(), Set.of(document));
    }
    for (Deployment move : deployment.moves()) {
      Optional<Set<Digest>> objects = payloads(move.component()).fetch(move);
      if (objects.isEmpty()) {
        return Optional.empty();
      }
      needs = needs.and(move.component(), objects.get());
    }
    delivery.end();
    return Optional.of(needs);
  }

  @Override
  public Verdict preflight(Deployment deployment) throws IOException, Refusal {
    Verdict verdict = Verdict.healthy();
    if (software(deployment).isPresent()) {
      verdict = softwareTrial.preflight(software(deployment).get());
    }
    return concernsModels(deployment) ? verdict.and(modelTrial.preflight(deployment)) : verdict;
  }

  @Override
  public void activate(Deployment deployment) throws IOException, Refusal {
    if (software(deployment).isPresent()) {
      softwareTrial.activate(software(deployment).get());
    }
    if (concernsModels(deployment)) {
      modelTrial.activate(deployment);
    }
  }

  @Override
  public Verdict observe(Deployment deployment) {
    Verdict verdict =
        software(deployment).isPresent() ? softwareTrial.observe() : Verdict.healthy();
    return concernsModels(deployment) ? verdict.and(modelTrial.observe(deployment)) : verdict;
  }

  @Override
  public void restore(Deployment deployment) throws IOException, Refusal {
    if (software(deployment).isPresent()) {
      softwareTrial.restore(software(deployment).get());
    }
    if (concernsModels(deployment)) {
      modelTrial.restore(deployment);
    }
  }
}
