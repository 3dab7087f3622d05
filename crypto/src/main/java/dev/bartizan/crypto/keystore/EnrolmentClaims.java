// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.keystore;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.tpm.ChipModel;
import java.util.List;
import java.util.Optional;

/**
 * What a device shows when it enrols. Claims only: the server checks the certificate, challenges
 * with {@link dev.bartizan.crypto.tpm.MakeCredential}, and verifies both certifications.
 *
 * @param endorsementCertificate X.509 DER by the chip's maker, if the chip carries one
 * @param endorsementChain the certificates above it that the chip carries, X.509 DER
 * @param endorsementKey TPMT_PUBLIC
 * @param attestationKey TPMT_PUBLIC
 * @param model what the chip says it is
 * @param identity certified over the nonce that was asked for
 * @param unwrap certified over the nonce that was asked for
 */
public record EnrolmentClaims(
    Optional<Bytes> endorsementCertificate,
    List<Bytes> endorsementChain,
    Bytes endorsementKey,
    Bytes attestationKey,
    ChipModel model,
    CertifiedKey identity,
    CertifiedKey unwrap) {
  public EnrolmentClaims {
    endorsementChain = List.copyOf(endorsementChain);
  }
}
