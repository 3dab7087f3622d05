// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.tpm;

import dev.bartizan.crypto.Bytes;

/**
 * What every statement of a TPM begins with (TPMS_ATTEST, part 2, 10.12.8).
 *
 * @param signer qualified name of the signing key
 * @param extraData what the caller asked to have signed along: the verifier's nonce is in here
 * @param clock the TPM's clock; obfuscated in a {@link CertifyAttest} outside the platform
 *     hierarchy
 * @param firmwareVersion of the TPM; obfuscated likewise
 */
public record AttestHeader(
    Bytes signer, Bytes extraData, ClockReading clock, long firmwareVersion) {
  /** TPM_GENERATED_VALUE: the TPM never signs foreign bytes that begin like this. */
  private static final int MAGIC = 0xff54_4347;

  static AttestHeader read(TpmReader in, int type) throws TpmRefusal {
    if (in.u32() != MAGIC) {
      throw TpmRefusal.malformed("not made by a TPM: the magic number is missing");
    }
    int found = in.u16();
    if (found != type) {
      throw TpmRefusal.malformed("a statement of another type: 0x" + Integer.toHexString(found));
    }
    Bytes signer = Bytes.of(in.sized(TpmName.LIMIT));
    Bytes extraData = Bytes.of(in.sized(TpmHash.SHA512.size() + 2));
    return new AttestHeader(signer, extraData, ClockReading.read(in), in.u64());
  }
}
