// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.tuf;

import dev.bartizan.crypto.Bytes;
import java.security.InvalidKeyException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;

/**
 * A key that may sign for a role.
 *
 * @param scheme how it signs
 * @param key decoded, so that one key in two spellings is equal to itself
 */
public record VerificationKey(SignatureScheme scheme, PublicKey key) {

  /**
   * Whether {@code signature} is this key's over {@code message}. A wrong one is no refusal yet:
   * the caller counts towards a threshold.
   */
  boolean hasSigned(Bytes message, Bytes signature) {
    byte[] encoded = signature.toArray();
    return scheme.isStrictlyEncoded(encoded, key)
        && scheme.forVerifying(key).stream()
            .anyMatch(verification -> accepts(verification, message, encoded));
  }

  /**
   * Whom a signature counts for. One classical key is one signer, alone or as half of a hybrid: who
   * holds it must not count twice.
   */
  PublicKey signer() {
    return key instanceof HybridPublicKey hybrid ? hybrid.classical() : key;
  }

  private boolean accepts(Signature verification, Bytes message, byte[] signature) {
    try {
      verification.initVerify(key);
      verification.update(message.asBuffer());
      return verification.verify(signature);
    } catch (SignatureException | InvalidKeyException undecodable) {
      // The platform finds out here, and not earlier, that an Ed25519 key is no point of the curve.
      return false;
    }
  }
}
