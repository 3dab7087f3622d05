// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.tpm;

import java.security.PublicKey;

/** What depends on the type of an object: TPMU_PUBLIC_PARMS with its TPMU_PUBLIC_ID. */
public sealed interface KeyParameters permits EccParameters, RsaParameters, SealedParameters {
  /** The TPM_ALG_ID of the type. */
  int type();

  /** These parameters with an empty unique field: what two keys of one template share. */
  KeyParameters template();

  /**
   * The key for use outside the TPM.
   *
   * @throws TpmRefusal when it is no usable public key
   */
  PublicKey toPublicKey() throws TpmRefusal;

  void write(TpmWriter out);

  static KeyParameters read(int type, TpmReader in) throws TpmRefusal {
    return switch (type) {
      case EccParameters.TYPE -> EccParameters.read(in);
      case RsaParameters.TYPE -> RsaParameters.read(in);
      case SealedParameters.TYPE -> SealedParameters.read(in);
      default -> throw TpmRefusal.unsupported("object type", type);
    };
  }
}
