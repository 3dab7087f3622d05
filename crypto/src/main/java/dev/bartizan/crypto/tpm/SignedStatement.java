// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.tpm;

import dev.bartizan.crypto.Bytes;

/**
 * Something the TPM states about itself.
 *
 * @param attest TPMS_ATTEST, the signed bytes
 */
public record SignedStatement(Bytes attest, TpmSignature signature) {}
