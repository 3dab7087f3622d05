// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.report;

import dev.bartizan.crypto.Refusal;

/** Nothing can be measured, so nothing that has to be measured is used. */
public final class MeasurementRefusal extends Refusal {
  private static final long serialVersionUID = 1L;

  /** Why. */
  public enum Reason {
    /** Every PCR that is meant for it was extended by the boot, or is bound by the unwrap key. */
    NO_PCR_LEFT,
    /** The PCR holds what neither the log nor the log without its last event explains. */
    LOG_LOST,
    /** So much was measured since the boot that no verifier would read it. */
    LOG_FULL
  }

  private final Reason reason;

  MeasurementRefusal(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  @Override
  public String code() {
    return reason.name();
  }
}
