// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.keystore;

import dev.bartizan.crypto.Bytes;

/**
 * A key and the attestation key's word that it lives in the same TPM (TPM2_Certify).
 *
 * @param publicArea TPMT_PUBLIC
 * @param attest TPMS_ATTEST of type certify
 * @param signature TPMT_SIGNATURE over {@code attest}
 */
public record CertifiedKey(Bytes publicArea, Bytes attest, Bytes signature) {}
