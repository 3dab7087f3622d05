// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.tpm;

import dev.bartizan.crypto.Bytes;
import java.security.PublicKey;

/**
 * Bytes sealed in the TPM: a keyed-hash object without a scheme.
 *
 * @param commitment the TPM's hash over the sealed bytes and its obfuscation value; empty in a
 *     template
 */
public record SealedParameters(Bytes commitment) implements KeyParameters {
  static final int TYPE = 0x0008;

  @Override
  public int type() {
    return TYPE;
  }

  @Override
  public SealedParameters template() {
    return new SealedParameters(Bytes.empty());
  }

  @Override
  public PublicKey toPublicKey() throws TpmRefusal {
    throw TpmRefusal.unsupported("sealed bytes have no public key");
  }

  @Override
  public void write(TpmWriter out) {
    KeyScheme.NONE.write(out);
    out.sized(commitment.toArray());
  }

  static SealedParameters read(TpmReader in) throws TpmRefusal {
    if (in.u16() != KeyScheme.ALG_NULL) {
      throw TpmRefusal.unsupported("a keyed-hash object with a scheme");
    }
    return new SealedParameters(Bytes.of(in.sized(TpmHash.SHA512.size())));
  }
}
