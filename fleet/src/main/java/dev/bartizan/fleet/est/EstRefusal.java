// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.est;

import dev.bartizan.crypto.Refusal;
import org.jspecify.annotations.Nullable;

/** A certificate is not renewed. Nothing has been issued. */
public final class EstRefusal extends Refusal {
  private static final long serialVersionUID = 1L;

  /** Why; the device sees the name. */
  public enum Reason {
    /** A first certificate takes more than a request: the device enrols. */
    ENROL_ELSEWHERE,
    /** The request is for a key that is not the device's enrolled identity key. */
    OTHER_KEY,
    /** Subject and alternative name are not those of the certificate that is to be renewed. */
    OTHER_NAME,
    /** The request is not signed by its key. */
    NO_POSSESSION,
    /** The operator renews nothing for keystores of this kind. */
    KEYSTORE_NOT_ACCEPTED,
    /** No attestation result is young enough: attest, and ask again. */
    EVIDENCE_NEEDED,
    /** The latest attestation result is not good enough. */
    EVIDENCE_NOT_GOOD
  }

  private final Reason reason;

  EstRefusal(Reason reason, String message) {
    this(reason, message, null);
  }

  EstRefusal(Reason reason, String message, @Nullable Throwable cause) {
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
