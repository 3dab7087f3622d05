// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.tpm;

import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECFieldFp;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.EllipticCurve;
import java.util.Arrays;

/** An elliptic curve as the TPM names it (TPM_ECC_CURVE). */
public enum TpmCurve {
  P256(0x0003, 32, "secp256r1"),
  P384(0x0004, 48, "secp384r1");

  private final int id;
  private final int size;
  private final String jcaName;

  TpmCurve(int id, int size, String jcaName) {
    this.id = id;
    this.size = size;
    this.jcaName = jcaName;
  }

  int id() {
    return id;
  }

  /** Bytes of a coordinate, of the order and of an ECDH secret. */
  int size() {
    return size;
  }

  static TpmCurve of(int id) throws TpmRefusal {
    return Arrays.stream(values())
        .filter(curve -> curve.id == id)
        .findFirst()
        .orElseThrow(() -> TpmRefusal.unsupported("elliptic curve", id));
  }

  /** The curve {@code key} lies on, when it is one of these. */
  static TpmCurve of(ECPublicKey key) throws TpmRefusal {
    ECParameterSpec spec = key.getParams();
    for (TpmCurve curve : values()) {
      ECParameterSpec known = curve.parameters();
      if (known.getCurve().equals(spec.getCurve())
          && known.getGenerator().equals(spec.getGenerator())) {
        return curve;
      }
    }
    throw TpmRefusal.unsupported("the key's elliptic curve is neither P-256 nor P-384");
  }

  ECParameterSpec parameters() {
    try {
      AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
      parameters.init(new ECGenParameterSpec(jcaName));
      return parameters.getParameterSpec(ECParameterSpec.class);
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("every Java platform has " + jcaName, impossible);
    }
  }

  /** The key at (x, y), after checking that the point lies on the curve: the JDK does not. */
  ECPublicKey publicKey(BigInteger x, BigInteger y) throws TpmRefusal {
    ECParameterSpec parameters = parameters();
    requireOnCurve(parameters.getCurve(), x, y);
    try {
      return (ECPublicKey)
          KeyFactory.getInstance("EC")
              .generatePublic(new ECPublicKeySpec(new ECPoint(x, y), parameters));
    } catch (GeneralSecurityException refused) {
      throw new TpmRefusal(TpmRefusal.Reason.MALFORMED, "not a public key on " + jcaName, refused);
    }
  }

  /** A number as bytes of this curve's fixed size. */
  byte[] fixed(BigInteger number) {
    byte[] signed = number.toByteArray();
    byte[] fixed = new byte[size];
    int length = Math.min(signed.length, size);
    System.arraycopy(signed, signed.length - length, fixed, size - length, length);
    return fixed;
  }

  /** A TPMS_ECC_POINT; one that is not on the curve is refused. */
  byte[] encodePoint(ECPoint point) throws TpmRefusal {
    requireOnCurve(parameters().getCurve(), point.getAffineX(), point.getAffineY());
    TpmWriter out = new TpmWriter().sized(fixed(point.getAffineX()));
    return out.sized(fixed(point.getAffineY())).toArray();
  }

  private static void requireOnCurve(EllipticCurve curve, BigInteger x, BigInteger y)
      throws TpmRefusal {
    BigInteger p = ((ECFieldFp) curve.getField()).getP();
    BigInteger right = x.pow(3).add(curve.getA().multiply(x)).add(curve.getB()).mod(p);
    boolean inField = x.compareTo(p) < 0 && y.compareTo(p) < 0;
    if (!inField || !y.multiply(y).mod(p).equals(right)) {
      throw TpmRefusal.malformed("the public point is not on the curve");
    }
  }
}
