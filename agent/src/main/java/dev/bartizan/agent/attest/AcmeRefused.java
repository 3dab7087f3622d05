// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.attest;

import dev.bartizan.crypto.Refusal;

/** There is no statement for an ACME server, and why. */
public final class AcmeRefused extends Refusal {
  private static final long serialVersionUID = 1L;

  /** Why. */
  public enum Reason {
    /** The fleet has given no certificate for the attestation key. */
    NO_AK_CERTIFICATE,
    /** That certificate is over, or for another attestation key: no server would take it. */
    AK_CERTIFICATE_UNUSABLE,
    /** The keystore has no attestation key at all. */
    NO_CHIP
  }

  private final Reason reason;

  AcmeRefused(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  @Override
  public String code() {
    return reason.name();
  }
}
