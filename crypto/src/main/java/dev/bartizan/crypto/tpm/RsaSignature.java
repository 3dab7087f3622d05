// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.tpm;

import dev.bartizan.crypto.Bytes;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;

/**
 * An RSASSA (PKCS#1 v1.5) signature by a TPM.
 *
 * @param value of exactly the length of the modulus
 */
public record RsaSignature(TpmHash hash, Bytes value) implements TpmSignature {
  static final int SCHEME = 0x0014;

  private static final int MAX_MODULUS_BYTES = 512;

  static RsaSignature read(TpmHash hash, TpmReader in) throws TpmRefusal {
    return new RsaSignature(hash, Bytes.of(in.sized(MAX_MODULUS_BYTES)));
  }

  @Override
  public Bytes encode() {
    return Bytes.of(new TpmWriter().u16(SCHEME).u16(hash.id()).sized(value.toArray()).toArray());
  }

  @Override
  public void requireBy(PublicKey key, Bytes message) throws TpmRefusal {
    if (!(key instanceof RSAPublicKey rsaKey)
        || value.length() * 8 != rsaKey.getModulus().bitLength()) {
      throw bad("an RSA signature for another kind of key");
    }
    if (hash == TpmHash.SHA1) {
      throw TpmRefusal.unsupported("an RSA signature over SHA-1");
    }
    try {
      Signature rsassa = Signature.getInstance(hash.jcaName().replace("-", "") + "withRSA");
      rsassa.initVerify(rsaKey);
      rsassa.update(message.asBuffer());
      if (!rsassa.verify(value.toArray())) {
        throw bad("the RSA signature is not this key's over these bytes");
      }
    } catch (GeneralSecurityException refused) {
      throw new TpmRefusal(
          TpmRefusal.Reason.BAD_SIGNATURE, "the RSA signature cannot be checked", refused);
    }
  }

  private static TpmRefusal bad(String message) {
    return new TpmRefusal(TpmRefusal.Reason.BAD_SIGNATURE, message);
  }
}
