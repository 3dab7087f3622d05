// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.tpm;

import dev.bartizan.crypto.Bytes;
import java.security.PublicKey;

/** A signature as a TPM writes it (TPMT_SIGNATURE, part 2, 11.3.4). */
public sealed interface TpmSignature permits EcdsaSignature, RsaSignature {
  /**
   * Parses a whole TPMT_SIGNATURE: ECDSA or RSASSA.
   *
   * @throws TpmRefusal when it is none, has trailing bytes or another scheme
   */
  static TpmSignature parse(Bytes signature) throws TpmRefusal {
    TpmReader in = new TpmReader(signature.toArray());
    int scheme = in.u16();
    TpmHash hash = TpmHash.of(in.u16());
    TpmSignature parsed =
        switch (scheme) {
          case EcdsaSignature.SCHEME -> EcdsaSignature.read(hash, in);
          case RsaSignature.SCHEME -> RsaSignature.read(hash, in);
          default -> throw TpmRefusal.unsupported("signature scheme", scheme);
        };
    in.end();
    return parsed;
  }

  /** The hash under the signature; of a quote also the hash of its {@code pcrDigest}. */
  TpmHash hash();

  /** The TPMT_SIGNATURE. */
  Bytes encode();

  /**
   * Insists that {@code key} signed {@code message}.
   *
   * @throws TpmRefusal with {@code BAD_SIGNATURE}; with {@code UNSUPPORTED_ALGORITHM} for SHA-1
   */
  void requireBy(PublicKey key, Bytes message) throws TpmRefusal;
}
