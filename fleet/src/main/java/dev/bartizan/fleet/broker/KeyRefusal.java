// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.broker;

import dev.bartizan.crypto.Refusal;

/** A content key that a device does not get. */
public final class KeyRefusal extends Refusal {
  private static final long serialVersionUID = 1L;

  /** Why not. */
  public enum Reason {
    /** This key broker has no key of that release. */
    NO_KEY,
    /** The device is quarantined, golden, or out of the fleet. */
    NOT_WELCOME,
    /** Its evidence is not affirming. */
    EVIDENCE_NOT_GOOD,
    /** It has had as many keys lately as a device may. */
    TOO_MANY
  }

  private final Reason reason;

  KeyRefusal(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }

  @Override
  public String code() {
    return reason.name();
  }
}
