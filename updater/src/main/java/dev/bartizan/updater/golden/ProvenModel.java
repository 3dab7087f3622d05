// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.golden;

import dev.bartizan.updater.engine.Session;
import dev.bartizan.updater.engine.Tensor;
import java.util.List;
import java.util.Map;

/**
 * A model that passed its golden vectors on this session, and is warm from it. Only {@link
 * GoldenVectors#prove} makes one.
 */
public final class ProvenModel {
  private final Session model;
  private final List<Map<String, Tensor>> inputs;

  ProvenModel(Session model, List<Map<String, Tensor>> inputs) {
    this.model = model;
    this.inputs = List.copyOf(inputs);
  }

  public Session model() {
    return model;
  }

  /** How many sets it passed: 0 when the release has none, which a report should say. */
  public int sets() {
    return inputs.size();
  }

  /** What it passed on: work that its author chose, and the same for every version and device. */
  public List<Map<String, Tensor>> inputs() {
    return inputs;
  }
}
