// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.update;

import dev.bartizan.crypto.Explanation;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.updater.install.ComponentKind;
import dev.bartizan.updater.install.ComponentName;
import dev.bartizan.updater.install.Components;
import dev.bartizan.updater.install.Deployment;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The plan of the deployment under way: made once, written down, and handed on. After a restart it
 * is read again, and counts as far as what is signed offers it.
 */
final class Plans {
  private final PlanFile file;
  private final Consumer<String> log;
  private @Nullable DeploymentPlan current;

  /**
   * @param log is told when a plan on disk was none
   */
  Plans(PlanFile file, Consumer<String> log) {
    this.file = file;
    this.log = log;
  }

  /** From now on the plan, durably. */
  void keep(DeploymentPlan plan) throws IOException {
    file.write(plan.written());
    current = plan;
  }

  /**
   * The plan of a deployment that was planned, by this process or by one before.
   *
   * @param payloads by kind of component
   * @param anew makes one when that on disk is none
   */
  DeploymentPlan of(
      Deployment deployment,
      Components installed,
      Function<ComponentKind, ComponentPayloads> payloads,
      Making anew)
      throws IOException, Refusal {
    DeploymentPlan known = current;
    if (known != null && known.deployment().equals(deployment)) {
      return known;
    }
    try {
      DeploymentPlan read = recall(deployment, installed, payloads);
      current = read;
      return read;
    } catch (PlanRefusal none) {
      log.accept("update: planned anew: " + Explanation.of(none));
      return anew.make();
    }
  }

  /** Plans a deployment. */
  @FunctionalInterface
  interface Making {
    DeploymentPlan make() throws IOException, Refusal;
  }

  private DeploymentPlan recall(
      Deployment deployment,
      Components installed,
      Function<ComponentKind, ComponentPayloads> payloads)
      throws IOException, Refusal {
    Map<ComponentName, WrittenStrategy> strategies = file.read(deployment.id()).strategies();
    Map<ComponentName, UpdatePlan> parts = new HashMap<>();
    for (Deployment move : deployment.moves()) {
      WrittenStrategy strategy = strategies.get(move.component());
      if (strategy == null || !strategy.release().equals(move.to().manifest())) {
        throw new PlanRefusal(PlanRefusal.Code.FOREIGN, "plan: it is not for " + move.to());
      }
      parts.put(
          move.component(), payloads.apply(move.componentKind()).recall(strategy, move, installed));
    }
    return new DeploymentPlan(deployment, parts);
  }
}
