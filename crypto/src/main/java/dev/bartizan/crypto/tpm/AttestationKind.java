// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.tpm;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The attestation keys we make: both sign with SHA-256, both are accepted everywhere. */
public enum AttestationKind {
  /** ECDSA on P-256: what a device has unless its verifiers want otherwise. */
  ECC_P256,
  /** RSASSA with 2048 bits: for verifiers that know nothing else. Making one takes a chip long. */
  RSA_2048;

  public TpmPublic template() {
    return switch (this) {
      case ECC_P256 -> KeyTemplates.attestationKey();
      case RSA_2048 -> KeyTemplates.rsaAttestationKey();
    };
  }

  /** As the configuration writes it. */
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The kind that {@link #text} writes so. */
  public static Optional<AttestationKind> find(String text) {
    return Arrays.stream(values()).filter(kind -> kind.text().equals(text)).findFirst();
  }
}
