// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.author.keys;

import dev.bartizan.updater.tuf.SignatureScheme;
import java.util.Set;

/**
 * A key to be made.
 *
 * @param scheme how it signs
 * @param place where its private half is made and stays
 */
public record KeyPlan(SignatureScheme scheme, Place place) {
  /** What the platform's way to a token can do. */
  private static final Set<SignatureScheme> IN_TOKENS =
      Set.of(
          SignatureScheme.ECDSA_P256, SignatureScheme.ECDSA_P384, SignatureScheme.RSA_PSS_SHA256);

  /** Where a private half can be. */
  public enum Place {
    /** In a file of the ring, encrypted when there is a passphrase. */
    FILE,
    /** In the ring's PKCS#11 token. */
    TOKEN
  }

  public KeyPlan {
    if (place == Place.TOKEN && !IN_TOKENS.contains(scheme)) {
      throw new IllegalArgumentException(
          "a token makes ecdsa-p256, ecdsa-p384 or rsa keys, not " + scheme.wireName());
    }
  }
}
