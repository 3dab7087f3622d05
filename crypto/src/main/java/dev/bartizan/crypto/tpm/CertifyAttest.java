// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.tpm;

import dev.bartizan.crypto.Bytes;

/**
 * A TPM's statement that an object is loaded in it (TPMS_ATTEST of type TPM_ST_ATTEST_CERTIFY).
 *
 * @param name of the certified object: its public area has this {@link TpmPublic#name}
 * @param qualifiedName the same along its chain of parents
 */
public record CertifyAttest(AttestHeader header, TpmName name, Bytes qualifiedName) {
  private static final int TYPE = 0x8017;

  /**
   * Checks the signature, then parses what it covers, then that it is about {@code subject}.
   *
   * @throws TpmRefusal when {@code key} did not sign exactly these bytes, is no attestation key, or
   *     they do not certify {@code subject}
   */
  public static CertifyAttest accept(
      Bytes attest, TpmSignature signature, TpmPublic key, TpmPublic subject) throws TpmRefusal {
    key.requireAttestationKey();
    signature.requireBy(key.toPublicKey(), attest);
    CertifyAttest certified = parse(attest);
    if (!certified.name().equals(subject.name())) {
      throw TpmRefusal.malformed("certifies another key: " + certified.name());
    }
    return certified;
  }

  /**
   * Parses without checking any signature: nothing in the result is to be believed.
   *
   * @throws TpmRefusal when it is no certification, or has trailing bytes
   */
  public static CertifyAttest parse(Bytes attest) throws TpmRefusal {
    TpmReader in = new TpmReader(attest.toArray());
    AttestHeader header = AttestHeader.read(in, TYPE);
    byte[] name = in.sized(TpmName.LIMIT);
    if (name.length < TpmHash.SHA1.size()) {
      throw TpmRefusal.malformed("a name of " + name.length + " bytes");
    }
    Bytes qualifiedName = Bytes.of(in.sized(TpmName.LIMIT));
    in.end();
    return new CertifyAttest(header, new TpmName(Bytes.of(name)), qualifiedName);
  }
}
