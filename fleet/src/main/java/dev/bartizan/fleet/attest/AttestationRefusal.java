// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.attest;

import dev.bartizan.crypto.Refusal;

/** Evidence that is not even appraised. */
public final class AttestationRefusal extends Refusal {
  private static final long serialVersionUID = 1L;

  /** Why not. */
  public enum Reason {
    /** No nonce is open for this device: none was asked for, or it has run out, or was used. */
    NO_NONCE,
    /** The evidence is about another device than the one that shows it. */
    OTHER_DEVICE,
    /** A log has not the digest it was announced with. */
    OTHER_LOG
  }

  private final Reason reason;

  AttestationRefusal(Reason reason, String message) {
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
