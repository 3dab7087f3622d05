// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.jws;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.util.Base64URL;
import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.json.StrictJson;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.text.ParseException;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * A public key that statements are verified with.
 *
 * @param kid what a statement's header calls it
 * @param key ECDSA P-256 or Ed25519
 */
public record StatementKey(String kid, PublicKey key) {
  private static final byte[] ED25519_SPKI = HexFormat.of().parseHex("302a300506032b6570032100");
  private static final int ED25519_LENGTH = 32;

  public StatementKey {
    if (JwsAlgorithm.of(key).isEmpty()) {
      throw new IllegalArgumentException(
          "not an ECDSA P-256 or Ed25519 key: " + key.getAlgorithm());
    }
  }

  /** Named by its RFC 7638 thumbprint. */
  public static StatementKey of(PublicKey key) {
    return new StatementKey(thumbprint(key), key);
  }

  /** Reads a JWK (RFC 7517, RFC 8037); a private part in it is ignored. */
  public static StatementKey ofJwk(String kid, String jwk) throws Malformed {
    try {
      return new StatementKey(kid, publicKey(JWK.parse(jwk)));
    } catch (ParseException
        | JOSEException
        | GeneralSecurityException
        | IllegalArgumentException notAKey) {
      throw new Malformed(
          "key " + kid + " is no public key we accept: " + notAKey.getMessage(), notAKey);
    }
  }

  /** The public JWK. */
  public ObjectNode toJwkTree() {
    ObjectNode tree = StrictJson.object();
    jwk(key).toJSONObject().forEach((name, value) -> tree.put(name, String.valueOf(value)));
    return tree;
  }

  /** The number that COSE has for the algorithm of this key. */
  public int coseAlgorithm() {
    return algorithm().coseId();
  }

  /**
   * Checks a signature of exactly the right length over {@code input}, the bytes as received.
   *
   * @throws BadSignature unless this key made it
   */
  public void requireSigned(byte[] input, Bytes signature) throws BadSignature {
    if (signature.length() != JwsAlgorithm.SIGNATURE_LENGTH || !hasSigned(input, signature)) {
      throw new BadSignature("the signature is not by key " + kid);
    }
  }

  private boolean hasSigned(byte[] input, Bytes signature) {
    try {
      Signature verification = Signature.getInstance(algorithm().jcaName());
      verification.initVerify(key);
      verification.update(input);
      return verification.verify(signature.toArray());
    } catch (GeneralSecurityException notASignature) {
      return false;
    }
  }

  JwsAlgorithm algorithm() {
    return JwsAlgorithm.of(key).orElseThrow();
  }

  /** The RFC 7638 thumbprint (SHA-256, base64url). */
  public static String thumbprint(PublicKey key) {
    try {
      return jwk(key).computeThumbprint().toString();
    } catch (JOSEException impossible) {
      throw new IllegalStateException("SHA-256 is always there", impossible);
    }
  }

  private static PublicKey publicKey(JWK jwk)
      throws JOSEException, GeneralSecurityException, Malformed {
    if (jwk instanceof ECKey ec && Curve.P_256.equals(ec.getCurve())) {
      return ec.toECPublicKey();
    }
    if (jwk instanceof OctetKeyPair okp && Curve.Ed25519.equals(okp.getCurve())) {
      return ed25519(okp.getDecodedX());
    }
    throw new Malformed("neither P-256 nor Ed25519");
  }

  private static PublicKey ed25519(byte[] x) throws GeneralSecurityException, Malformed {
    if (x.length != ED25519_LENGTH) {
      throw new Malformed("an Ed25519 key has 32 bytes, not " + x.length);
    }
    byte[] spki = Arrays.copyOf(ED25519_SPKI, ED25519_SPKI.length + ED25519_LENGTH);
    System.arraycopy(x, 0, spki, ED25519_SPKI.length, ED25519_LENGTH);
    return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(spki));
  }

  private static JWK jwk(PublicKey key) {
    if (key instanceof ECPublicKey ec) {
      return new ECKey.Builder(Curve.P_256, ec).build();
    }
    byte[] spki = key.getEncoded();
    byte[] x = Arrays.copyOfRange(spki, spki.length - ED25519_LENGTH, spki.length);
    return new OctetKeyPair.Builder(Curve.Ed25519, Base64URL.encode(x)).build();
  }
}
