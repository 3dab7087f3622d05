// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.keystore;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.tpm.PcrValues;

/**
 * A signed statement of the TPM about its PCRs, with what a verifier needs besides.
 *
 * @param attest TPMS_ATTEST, the signed bytes; {@code tpm2_checkquote -m} takes them as they are
 * @param signature TPMT_SIGNATURE; {@code tpm2_checkquote -s} takes it as it is
 * @param attestationKey TPMT_PUBLIC of the key that signed
 * @param values what the quoted PCRs held; unsigned, but {@code attest} has their digest
 */
public record Quote(Bytes attest, Bytes signature, Bytes attestationKey, PcrValues values) {}
