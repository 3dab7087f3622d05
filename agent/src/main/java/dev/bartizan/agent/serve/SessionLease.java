// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.serve;

import dev.bartizan.updater.engine.Allowance;
import dev.bartizan.updater.engine.RunRefusal;
import dev.bartizan.updater.engine.Session;
import dev.bartizan.updater.engine.Tensor;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/**
 * One version of a model while it serves, and after that until its last request is answered.
 *
 * <p>Whoever uses the model holds it; the service's own hold is the first. The last to let go
 * closes the model, so nobody waits for anybody and no request can meet a closed session.
 */
final class SessionLease {
  private final String name;
  private final String version;
  private final Session model;
  private final LongSupplier nanoTime;
  private final AtomicInteger holds = new AtomicInteger(1);
  private final LongAdder failed = new LongAdder();
  private final LongAdder refused = new LongAdder();
  private final LongAdder answered = new LongAdder();
  private final Histogram latency = new Histogram();

  SessionLease(String name, String version, Session model, LongSupplier nanoTime) {
    this.name = name;
    this.version = version;
    this.model = model;
    this.nanoTime = nanoTime;
  }

  String version() {
    return version;
  }

  /** False once the last holder has let go: then another version serves. */
  boolean hold() {
    return holds.getAndUpdate(held -> held == 0 ? 0 : held + 1) > 0;
  }

  void letGo() {
    if (holds.decrementAndGet() == 0) {
      model.close();
    }
  }

  ServedModel description() {
    return new ServedModel(
        name,
        version,
        model.inputs().values().stream().toList(),
        model.outputs().values().stream().toList());
  }

  /** Runs the model and counts what came of it. The caller holds. */
  Map<String, Tensor> infer(Map<String, Tensor> inputs, Set<String> outputs, Allowance allowance)
      throws InferenceRefusal {
    long start = nanoTime.getAsLong();
    try {
      Map<String, Tensor> result = model.infer(inputs, outputs, allowance);
      latency.record(nanoTime.getAsLong() - start);
      answered.increment();
      return result;
    } catch (RunRefusal refusal) {
      (refusal.reason() == RunRefusal.Reason.MODEL_FAILED ? failed : refused).increment();
      throw InferenceRefusal.of(refusal);
    }
  }

  /** Runs the model beside its clients; nothing of it is counted. The caller holds. */
  Duration shadow(Map<String, Tensor> inputs) throws InferenceRefusal {
    long start = nanoTime.getAsLong();
    try {
      model.infer(inputs, Set.of());
      return Duration.ofNanos(nanoTime.getAsLong() - start);
    } catch (RunRefusal refusal) {
      throw InferenceRefusal.of(refusal);
    }
  }

  ServingStatistics observation() {
    return new ServingStatistics(
        name, version, answered.sum(), failed.sum(), refused.sum(), latency.latency());
  }
}
