// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.config;

import dev.bartizan.crypto.Refusal;

/** The configuration file cannot be used; the message names the file and the key. */
public final class ConfigRefusal extends Refusal {
  private static final long serialVersionUID = 1L;

  ConfigRefusal(String file, String what) {
    super(file + ": " + what);
  }

  ConfigRefusal(String file, String what, Throwable cause) {
    super(file + ": " + what, cause);
  }

  @Override
  public String code() {
    return "CONFIG";
  }
}
