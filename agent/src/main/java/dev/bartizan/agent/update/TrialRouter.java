// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.update;

import dev.bartizan.crypto.Refusal;
import dev.bartizan.updater.install.ComponentKind;
import dev.bartizan.updater.install.Deployment;
import dev.bartizan.updater.install.Trial;
import dev.bartizan.updater.install.Verdict;
import java.io.IOException;
import java.util.Optional;

/**
 * Tries the agent's own software one way, and models the other; and a suite both ways, as one.
 *
 * <p>The software goes first, forward and back: another version of it is another process, and the
 * models are for that one to swap.
 */
public final class TrialRouter implements Trial {
  private final ModelTrial modelTrial;
  private final SoftwareTrial softwareTrial;

  public TrialRouter(ModelTrial modelTrial, SoftwareTrial softwareTrial) {
    this.modelTrial = modelTrial;
    this.softwareTrial = softwareTrial;
  }

  private static Optional<Deployment> software(Deployment deployment) {
    return deployment.moveOf(SoftwareTrial.AGENT);
  }

  private static boolean concernsModels(Deployment deployment) {
    return deployment.componentKind() != ComponentKind.SOFTWARE;
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
