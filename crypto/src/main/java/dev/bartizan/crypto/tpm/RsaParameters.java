// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.tpm;

import dev.bartizan.crypto.Bytes;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.RSAPublicKeySpec;
import java.util.Set;

/**
 * An RSA key: TPMS_RSA_PARMS and its modulus. The exponent is the default one, 65537.
 *
 * @param keyBits 2048, 3072 or 4096
 * @param modulus big-endian, empty in a template
 */
public record RsaParameters(WrapCipher wrap, KeyScheme scheme, int keyBits, Bytes modulus)
    implements KeyParameters {
  static final Set<Integer> SIZES = Set.of(2048, 3072, 4096);
  static final int TYPE = 0x0001;

  static final int DEFAULT_EXPONENT = 65537;

  @Override
  public int type() {
    return TYPE;
  }

  @Override
  public RsaParameters template() {
    return new RsaParameters(wrap, scheme, keyBits, Bytes.empty());
  }

  @Override
  public RSAPublicKey toPublicKey() throws TpmRefusal {
    BigInteger number = new BigInteger(1, modulus.toArray());
    if (number.bitLength() != keyBits) {
      throw TpmRefusal.malformed("an RSA modulus of " + number.bitLength() + " bits");
    }
    try {
      return (RSAPublicKey)
          KeyFactory.getInstance("RSA")
              .generatePublic(new RSAPublicKeySpec(number, BigInteger.valueOf(DEFAULT_EXPONENT)));
    } catch (GeneralSecurityException refused) {
      throw new TpmRefusal(TpmRefusal.Reason.MALFORMED, "not an RSA public key", refused);
    }
  }

  @Override
  public void write(TpmWriter out) {
    wrap.write(out);
    scheme.write(out);
    out.u16(keyBits).u32(0).sized(modulus.toArray());
  }

  static RsaParameters read(TpmReader in) throws TpmRefusal {
    WrapCipher wrap = WrapCipher.read(in);
    KeyScheme scheme = KeyScheme.read(in);
    int keyBits = in.u16();
    if (!SIZES.contains(keyBits)) {
      throw TpmRefusal.unsupported("an RSA key of " + keyBits + " bits");
    }
    if (in.u32() != 0) {
      throw TpmRefusal.unsupported("an RSA exponent other than the default");
    }
    return new RsaParameters(wrap, scheme, keyBits, Bytes.of(in.sized(keyBits / 8)));
  }
}
