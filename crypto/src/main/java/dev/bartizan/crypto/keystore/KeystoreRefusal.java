// SPDX-License-Identifier: Apache-2.0
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
    /** Firmware does not measure into the bank: what it holds says nothing of what was booted. */
    BANK_NOT_EXTENDED,
    /** The epoch of the unwrap key is over: what was wrapped to it stays closed for good. */
    EPOCH_OVER,
    /** What was anchored in the chip was taken out of it. */
    ANCHOR_MISSING,
    /** The chip has no endorsement key with such a certificate. */
    NO_ENDORSEMENT_CERTIFICATE,
    /** The device is enrolled under another of its chip's endorsement keys. */
    OTHER_ENDORSEMENT_KEY,
    /** The challenge was not made for this chip and its attestation key. */
    CREDENTIAL_REJECTED,
    /** The other side's public key is not on the curve P-256. */
    BAD_PEER_KEY,
    /** This kind of keystore cannot do it at all. */
    NOT_SUPPORTED,
    /** The PKCS#11 module is missing, or is none, or has no such slot. */
    MODULE_UNUSABLE,
    /** The token was taken out, or does not answer; nothing is done without it. */
    TOKEN_ABSENT,
    /** The token does not hold the keys that were made in it. */
    TOKEN_REPLACED,
    /** The token does not take this PIN. */
    WRONG_PIN,
    /** The token takes no PIN any more: too many were wrong. */
    PIN_LOCKED,
    /** The key file does not open with this password. */
    WRONG_PASSWORD,
    /** The file with the PIN or password is missing, empty, or open to others. */
    BAD_SECRET_FILE
  }

  private final Reason reason;

  KeystoreRefusal(Reason reason, String message) {
    this(reason, message, null);
  }

  KeystoreRefusal(Reason reason, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  /** Of whoever reads the PIN or password for a keystore. */
  public static KeystoreRefusal badSecretFile(String message) {
    return new KeystoreRefusal(Reason.BAD_SECRET_FILE, message);
  }

  /** Of a keystore that is asked for what its kind cannot do. */
  public static KeystoreRefusal notSupported(Protection.Kind kind, String what) {
    return new KeystoreRefusal(
        Reason.NOT_SUPPORTED, "a keystore of kind " + kind.text() + " cannot " + what);
  }

  public Reason reason() {
    return reason;
  }

  @Override
  public String code() {
    return reason.name();
  }
}
