// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.keystore;

import java.util.Locale;

/** The three keys of a device: one purpose each, none shared, none exportable. */
public enum KeyPurpose {
  /** Signs what its TPM states about itself, and nothing else. */
  ATTESTATION,
  /** Signs as the device: TLS, evidence, certificate requests. */
  IDENTITY,
  /** Unwraps content keys; in a TPM, in the accepted boot state only. */
  UNWRAP;

  /** As messages and stored keys write it. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
