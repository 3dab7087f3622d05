// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.models;

import dev.bartizan.crypto.Refusal;
import dev.bartizan.protocol.release.ReleaseName;

/** No model is opened, since the boot chain was not found good enough. */
public final class VaultClosed extends Refusal {
  private static final long serialVersionUID = 1L;

  VaultClosed(ReleaseName name) {
    super(name + " is not opened: the boot chain of this device is not trusted now");
  }

  @Override
  public String code() {
    return "BOOT_NOT_TRUSTED";
  }
}
