// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.keystore;

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
import java.security.spec.X509EncodedKeySpec;

/** Public keys of others, before a private key of ours touches them. */
public final class PeerKey {
  static final ECGenParameterSpec P256 = new ECGenParameterSpec("secp256r1");

  private PeerKey() {}

  /**
   * The same key, of the platform's own type, after checking that it lies on P-256: neither the JDK
   * nor every token does that.
   *
   * @throws KeystoreRefusal {@code BAD_PEER_KEY}
   */
  static ECPublicKey require(ECPublicKey peer) throws KeystoreRefusal {
    ECParameterSpec p256 = parameters();
    boolean sameCurve =
        p256.getCurve().equals(peer.getParams().getCurve())
            && p256.getGenerator().equals(peer.getParams().getGenerator());
    if (!sameCurve || !isOn(p256.getCurve(), peer.getW())) {
      throw new KeystoreRefusal(
          KeystoreRefusal.Reason.BAD_PEER_KEY, "the sender's key is not on P-256");
    }
    try {
      return (ECPublicKey)
          KeyFactory.getInstance("EC").generatePublic(new ECPublicKeySpec(peer.getW(), p256));
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("every Java platform has P-256", impossible);
    }
  }

  /**
   * A key on P-256 from its SubjectPublicKeyInfo, as the platform has it.
   *
   * @throws KeystoreRefusal {@code BAD_PEER_KEY} for anything else
   */
  public static ECPublicKey parse(byte[] subjectPublicKeyInfo) throws KeystoreRefusal {
    try {
      return require(
          (ECPublicKey)
              KeyFactory.getInstance("EC")
                  .generatePublic(new X509EncodedKeySpec(subjectPublicKeyInfo)));
    } catch (GeneralSecurityException notAKey) {
      throw new KeystoreRefusal(
          KeystoreRefusal.Reason.BAD_PEER_KEY, "not a public key on P-256", notAKey);
    }
  }

  private static boolean isOn(EllipticCurve curve, ECPoint point) {
    if (point.equals(ECPoint.POINT_INFINITY)) {
      return false;
    }
    BigInteger p = ((ECFieldFp) curve.getField()).getP();
    BigInteger x = point.getAffineX();
    BigInteger y = point.getAffineY();
    BigInteger right = x.pow(3).add(curve.getA().multiply(x)).add(curve.getB()).mod(p);
    return isElement(x, p) && isElement(y, p) && y.pow(2).mod(p).equals(right);
  }

  private static boolean isElement(BigInteger number, BigInteger p) {
    return number.signum() >= 0 && number.compareTo(p) < 0;
  }

  private static ECParameterSpec parameters() {
    try {
      AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
      parameters.init(P256);
      return parameters.getParameterSpec(ECParameterSpec.class);
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("every Java platform has P-256", impossible);
    }
  }
}
