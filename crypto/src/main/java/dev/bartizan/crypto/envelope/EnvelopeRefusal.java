// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.envelope;

import dev.bartizan.crypto.Refusal;

/** An artifact, its key or its plaintext is not what it has to be. */
public final class EnvelopeRefusal extends Refusal {
  private static final long serialVersionUID = 1L;

  /** Why. */
  public enum Reason {
    /** The length is none that a complete file can have. */
    TRUNCATED,
    /**
     * The key, or the context (release, epoch, name), is not the one the file was encrypted with.
     */
    WRONG_KEY,
    /** A chunk's tag does not fit its bytes. */
    TAMPERED,
    /** Decrypted well, but the signed manifest names other bytes. */
    HASH_MISMATCH,
    /** No recipient of the envelope is this device's unwrap key. */
    WRONG_DEVICE,
    /** The bytes are not the one encoding of what they should be. */
    MALFORMED
  }

  private final Reason reason;

  public EnvelopeRefusal(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  public EnvelopeRefusal(Reason reason, String message, Throwable cause) {
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
