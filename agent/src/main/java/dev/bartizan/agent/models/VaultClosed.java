// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.models;

import dev.bartizan.crypto.Refusal;
import dev.bartizan.protocol.release.ReleaseName;

/** No model is opened on this device now. */
public final class VaultClosed extends Refusal {
  private static final long serialVersionUID = 1L;

  /** Why; the name is the refusal's {@link #code}. */
  public enum Reason {
    /** It was not found good enough, or nobody has looked yet. */
    BOOT_NOT_TRUSTED("the boot chain of this device is not trusted now"),
    /** Policy lets no model serve while the verifier is silent. */
    REPORTS_UNANSWERED("its verifier is silent, and policy lets nothing serve then");

    private final String text;

    Reason(String text) {
      this.text = text;
    }
  }

  private final Reason reason;

  VaultClosed(ReleaseName name, Reason reason) {
    super(name + " is not opened: " + reason.text);
    this.reason = reason;
  }

  @Override
  public String code() {
    return reason.name();
  }
}
