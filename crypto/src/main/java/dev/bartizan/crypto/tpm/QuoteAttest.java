// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.tpm;

import dev.bartizan.crypto.Bytes;

/**
 * A TPM's statement about its PCRs (TPMS_ATTEST of type TPM_ST_ATTEST_QUOTE).
 *
 * <p>What a verifier still has to decide: whether {@code extraData} is what it expects, whether the
 * selection is the one it asked for and of an acceptable bank, and whether the values it was given
 * have this digest ({@link PcrValues#digest}).
 *
 * @param pcrDigest hash of the selected values in the order of the selection, with the hash of the
 *     signing scheme
 */
public record QuoteAttest(AttestHeader header, PcrSelection selection, Bytes pcrDigest) {
  private static final int TYPE = 0x8018;

  /**
   * Checks the signature, then parses what it covers.
   *
   * @throws TpmRefusal when {@code key} did not sign exactly these bytes, is no attestation key, or
   *     the bytes are no quote
   */
  public static QuoteAttest accept(Bytes attest, TpmSignature signature, TpmPublic key)
      throws TpmRefusal {
    key.requireAttestationKey();
    signature.requireBy(key.toPublicKey(), attest);
    return parse(attest);
  }

  /**
   * Parses without checking any signature: nothing in the result is to be believed.
   *
   * @throws TpmRefusal when it is no quote, or has trailing bytes
   */
  public static QuoteAttest parse(Bytes attest) throws TpmRefusal {
    TpmReader in = new TpmReader(attest.toArray());
    AttestHeader header = AttestHeader.read(in, TYPE);
    PcrSelection selection = PcrSelection.read(in);
    Bytes pcrDigest = Bytes.of(in.sized(TpmHash.SHA512.size()));
    in.end();
    return new QuoteAttest(header, selection, pcrDigest);
  }
}
