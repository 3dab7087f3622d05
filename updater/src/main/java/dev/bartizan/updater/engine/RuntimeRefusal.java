// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.engine;

import dev.bartizan.crypto.Refusal;

/** The model runtime is not loaded in this process. */
public final class RuntimeRefusal extends Refusal {
  private static final long serialVersionUID = 1L;

  private final String variable;

  public RuntimeRefusal(String variable) {
    super(variable + ": must be 1 in the environment before the model runtime is loaded");
    this.variable = variable;
  }

  /** The environment variable at fault. */
  public String variable() {
    return variable;
  }

  @Override
  public String code() {
    return "TELEMETRY";
  }
}
