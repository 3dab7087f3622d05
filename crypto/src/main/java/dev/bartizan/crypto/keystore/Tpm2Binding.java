// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.keystore;

import dev.bartizan.crypto.tpm.AttestationKind;
import dev.bartizan.crypto.tpm.PcrSelection;
import dev.bartizan.crypto.tpm.TpmPublic;
import java.util.Optional;

/**
 * What keys in a TPM are made like.
 *
 * @param pcrs must always hold what they hold when the keys are made; none when empty
 * @param authority signs which values other PCRs may hold, now and after updates
 * @param attestation the kind of attestation key
 * @param endorsement which of the chip's own keys names the device
 */
public record Tpm2Binding(
    PcrSelection pcrs,
    Optional<TpmPublic> authority,
    AttestationKind attestation,
    EndorsementChoice endorsement) {
  public Tpm2Binding {
    if (pcrs.size() == 0 && authority.isEmpty()) {
      throw new IllegalArgumentException("keys that are bound to no boot state at all");
    }
  }

  /** Keys of a device that its chip's own certificate names. */
  public Tpm2Binding(
      PcrSelection pcrs, Optional<TpmPublic> authority, AttestationKind attestation) {
    this(pcrs, authority, attestation, EndorsementChoice.OF_THE_CHIP);
  }

  /** Keys for the present values of these PCRs, and no others ever. */
  public static Tpm2Binding to(PcrSelection pcrs) {
    return new Tpm2Binding(pcrs, Optional.empty(), AttestationKind.ECC_P256);
  }
}
