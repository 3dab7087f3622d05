package dev.bartizan.crypto.keystore;

import dev.bartizan.crypto.Refusal;
import org.jspecify.annotations.Nullable;

/** The keystore will not do it. Nothing has changed. */
public final class KeystoreRefusal extends Refusal {
  private static final long serialVersionUID = 1L;

  /** Why. */
  public enum Reason {
    /** There are no keys yet: the device was never enrolled. */
    NO_KEYS,
    /** There are keys already; making new ones would orphan what they unwrap. */
    KEYS_EXIST,
    /** The stored key blobs are damaged or were exchanged. */
    BLOB_CHANGED,
    /** This is not the chip, or no longer the state of the chip, that the keys were made in. */
    TPM_REPLACED,
    /** The device did not boot into the state the unwrap key is bound to. */
    PCR_MISMATCH,
    /** The epoch of the unwrap key is over: what was wrapped to it stays closed for good. */
    EPOCH_OVER,
    /** What was anchored in the chip was taken out of it. */
    ANCHOR_MISSING,
    /** The challenge was not made for this chip and its attestation key. */
    CREDENTIAL_REJECTED,
    /** The other side's public key is not on the curve P-256. */
    BAD_PEER_KEY,
    /** This kind of keystore cannot do it at all. */
    NOT_SUPPORTED
  }

  private final Reason reason;

  KeystoreRefusal(Reason reason, String message) {
    this(reason, message, null);
  }

  KeystoreRefusal(Reason reason, String message, @Nullable Throwable cause) {
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
