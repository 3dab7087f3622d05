// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.system;

import dev.bartizan.crypto.Refusal;

/** No model is opened in memory that the configuration does not accept. */
public final class UnsafeMemory extends Refusal {
  private static final long serialVersionUID = 1L;

  UnsafeMemory(String message) {
    super(message);
  }

  @Override
  public String code() {
    return "UNSAFE_MEMORY";
  }
}
