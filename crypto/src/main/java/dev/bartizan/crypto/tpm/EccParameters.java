// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.tpm;

import dev.bartizan.crypto.Bytes;
import java.math.BigInteger;
import java.security.interfaces.ECPublicKey;

/**
 * An elliptic curve key: TPMS_ECC_PARMS and its point.
 *
 * @param x as the TPM wrote it, empty in a template
 * @param y as the TPM wrote it, empty in a template
 */
public record EccParameters(WrapCipher wrap, KeyScheme scheme, TpmCurve curve, Bytes x, Bytes y)
    implements KeyParameters {
  static final int TYPE = 0x0023;

  @Override
  public int type() {
    return TYPE;
  }

  @Override
  public EccParameters template() {
    return new EccParameters(wrap, scheme, curve, Bytes.empty(), Bytes.empty());
  }

  @Override
  public ECPublicKey toPublicKey() throws TpmRefusal {
    return curve.publicKey(new BigInteger(1, x.toArray()), new BigInteger(1, y.toArray()));
  }

  @Override
  public void write(TpmWriter out) {
    wrap.write(out);
    scheme.write(out);
    out.u16(curve.id()).u16(KeyScheme.ALG_NULL);
    out.sized(x.toArray()).sized(y.toArray());
  }

  static EccParameters read(TpmReader in) throws TpmRefusal {
    WrapCipher wrap = WrapCipher.read(in);
    KeyScheme scheme = KeyScheme.read(in);
    TpmCurve curve = TpmCurve.of(in.u16());
    if (in.u16() != KeyScheme.ALG_NULL) {
      throw TpmRefusal.unsupported("a key derivation scheme in an ECC key");
    }
    Bytes x = Bytes.of(in.sized(curve.size()));
    Bytes y = Bytes.of(in.sized(curve.size()));
    return new EccParameters(wrap, scheme, curve, x, y);
  }
}
