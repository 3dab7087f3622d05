package dev.bartizan.agent.update;

import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.updater.install.Component;
import dev.bartizan.updater.install.Deployment;
import dev.bartizan.updater.install.Payloads;
import dev.bartizan.updater.install.Trial;
import dev.bartizan.updater.install.Verdict;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;

/** Sends what concerns the agent's own software one way, and what concerns a model the other. */
public final class ByComponent implements Payloads, Trial {
  private final Payloads modelPayloads;
  private final Trial modelTrial;
  private final Payloads softwarePayloads;
  private final Trial softwareTrial;

  public ByComponent(
      Payloads modelPayloads, Trial modelTrial, Payloads softwarePayloads, Trial softwareTrial) {
    this.modelPayloads = modelPayloads;
    this.modelTrial = modelTrial;
    this.softwarePayloads = softwarePayloads;
    this.softwareTrial = softwareTrial;
  }

  private Payloads payloads(Deployment deployment) {
    return isSoftware(deployment) ? softwarePayloads : modelPayloads;
  }

  private Trial trial(Deployment deployment) {
    return isSoftware(deployment) ? softwareTrial : modelTrial;
  }

  private static boolean isSoftware(Deployment deployment) {
    return deployment.component().startsWith(Component.SOFTWARE);
  }

  @Override
  public void plan(Deployment deployment) throws IOException, Refusal {
    payloads(deployment).plan(deployment);
  }

  @Override
  public Optional<Set<Digest>> fetch(Deployment deployment) throws IOException, Refusal {
    return payloads(deployment).fetch(deployment);
  }

  @Override
  public Verdict preflight(Deployment deployment, Set<Digest> objects) throws IOException, Refusal {
    return trial(deployment).preflight(deployment, objects);
  }

  @Override
  public void activate(Deployment deployment, Set<Digest> objects) throws IOException, Refusal {
    trial(deployment).activate(deployment, objects);
  }

  @Override
  public Verdict observe(Deployment deployment) {
    return trial(deployment).observe(deployment);
  }

  @Override
  public void restore(Deployment deployment) throws IOException, Refusal {
    trial(deployment).restore(deployment);
  }
}
