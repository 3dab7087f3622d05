// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.jws;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.json.Malformed;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;

/**
 * A public key that statements are verified with.
 *
 * @param kid what a statement's header calls it
 * @param key ECDSA P-256 or Ed25519
 */
public record StatementKey(String kid, PublicKey key) {
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
      return new StatementKey(kid, PublicJwk.parse(jwk, "the JWK"));
    } catch (Malformed | IllegalArgumentException notAKey) {
      throw new Malformed(
          "key " + kid + " is no public key we accept: " + notAKey.getMessage(), notAKey);
    }
  }

  /** The public JWK. */
  public ObjectNode toJwkTree() {
    return PublicJwk.of(key);
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
    return PublicJwk.thumbprint(key);
  }
}
