// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.enrol;

import dev.bartizan.crypto.Refusal;
import org.jspecify.annotations.Nullable;

/** A device is not taken in. Nothing has been issued. */
public final class EnrolmentRefusal extends Refusal {
  private static final long serialVersionUID = 1L;

  /** Why; the device sees the name. */
  public enum Reason {
    /** The EK certificate does not chain to the operator's roots, or is not the EK's. */
    UNKNOWN_CHIP,
    /** It shows no EK certificate, and the operator has not allowed it without. */
    NO_EK_CERTIFICATE,
    /** Chips of this maker are named after another of their endorsement keys. */
    OTHER_ENDORSEMENT_KEY,
    /** A key is not on P-256, or was certified for another session than this. */
    BAD_KEY,
    /** The token is missing, spent, expired or was never made. */
    BAD_TOKEN,
    /** The challenge was not solved: another chip, or another attestation key. */
    WRONG_SECRET,
    /** A key did not prove that the device holds it. */
    NO_POSSESSION,
    /** The operator takes in no keystore of this kind. */
    KEYSTORE_NOT_ACCEPTED,
    /** There is no such enrolment under way; sessions are good once and for two minutes. */
    NO_SESSION
  }

  private final Reason reason;

  EnrolmentRefusal(Reason reason, String message) {
    this(reason, message, null);
  }

  EnrolmentRefusal(Reason reason, String message, @Nullable Throwable cause) {
    super(message, cause);
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
