// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.models;

import dev.bartizan.agent.schedule.Health;
import dev.bartizan.updater.engine.Allowance;
import dev.bartizan.updater.engine.RunRefusal;
import dev.bartizan.updater.engine.Session;
import dev.bartizan.updater.engine.Tensor;
import dev.bartizan.updater.engine.TensorSpec;
import java.time.Duration;
import java.util.Map;
import java.util.Set;

/** A model whose every run is seen: an engine that never comes back is a part that hangs. */
final class WatchedSession implements Session {
  /** No application waits longer for an answer. */
  static final Duration DEADLINE = Duration.ofMinutes(10);

  private final Session session;
  private final Health health;
  private final String name;

  /**
   * @param session whoever closes this closes it
   * @param name of the model, should it hang
   */
  WatchedSession(Session session, Health health, String name) {
    this.session = session;
    this.health = health;
    this.name = name;
  }

  @Override
  public Map<String, TensorSpec> inputs() {
    return session.inputs();
  }

  @Override
  public Map<String, TensorSpec> outputs() {
    return session.outputs();
  }

  @Override
  public Map<String, Tensor> infer(
      Map<String, Tensor> given, Set<String> wanted, Allowance allowance) throws RunRefusal {
    try (Health.Activity run = health.begin("an inference on " + name, DEADLINE)) {
      Map<String, Tensor> answer = session.infer(given, wanted, allowance);
      run.progress();
      return answer;
    }
  }

  @Override
  public void close() {
    session.close();
  }
}
