// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.update;

import dev.bartizan.crypto.Refusal;
import dev.bartizan.updater.install.Deployment;
import dev.bartizan.updater.install.Trial;
import dev.bartizan.updater.install.Verdict;
import java.io.IOException;
import java.util.Optional;

/** A trial that begins when the gate lets it, and is asked again until then. */
public final class GatedTrial implements Trial {
  private final UpdateGate gate;
  private final Trial trial;

  public GatedTrial(UpdateGate gate, Trial trial) {
    this.gate = gate;
    this.trial = trial;
  }

  @Override
  public Verdict preflight(Deployment deployment) throws IOException, Refusal {
    Optional<String> waiting = gate.activationWaitsFor(deployment);
    return waiting.isPresent() ? Verdict.pending(waiting.get()) : trial.preflight(deployment);
  }

  @Override
  public void activate(Deployment deployment) throws IOException, Refusal {
    gate.passed();
    trial.activate(deployment);
  }

  @Override
  public Verdict observe(Deployment deployment) {
    return trial.observe(deployment);
  }

  @Override
  public void restore(Deployment deployment) throws IOException, Refusal {
    gate.passed();
    trial.restore(deployment);
  }
}
