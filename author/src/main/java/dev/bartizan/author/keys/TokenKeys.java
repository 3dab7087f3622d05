// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.author.keys;

import dev.bartizan.author.keys.AuthorRefusal.Code;
import dev.bartizan.crypto.keystore.KeystoreRefusal;
import dev.bartizan.crypto.keystore.Passphrase;
import dev.bartizan.crypto.keystore.Pkcs11SigningKeys;
import dev.bartizan.crypto.keystore.TokenPlace;
import dev.bartizan.updater.tuf.SignatureScheme;
import java.io.IOException;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.RSAKeyGenParameterSpec;
import java.util.Optional;

/** The keys of a ring that are in its token. */
final class TokenKeys {
  private static final AlgorithmParameterSpec RSA_3072 =
      new RSAKeyGenParameterSpec(KeyRing.RSA_BITS, RSAKeyGenParameterSpec.F4);

  private final Pkcs11SigningKeys keys;

  private TokenKeys(Pkcs11SigningKeys keys) {
    this.keys = keys;
  }

  /**
   * @throws AuthorRefusal PIN when there is none
   */
  static TokenKeys of(TokenPlace place, Optional<Passphrase> pin) throws AuthorRefusal {
    Passphrase given =
        pin.orElseThrow(
            () ->
                new AuthorRefusal(
                    Code.PIN,
                    "the token at " + place.module() + " holds role keys, and no PIN was given"));
    return new TokenKeys(new Pkcs11SigningKeys(place.module(), place.keyLabel(), given));
  }

  /** Logs in, and insists that the token has no keys of this ring's label yet. */
  void requireNone() throws IOException, KeystoreRefusal {
    keys.requireNone();
  }

  /** Makes a key in the token; its public half. */
  PublicKey make(String name, SignatureScheme scheme, SecureRandom random)
      throws IOException, KeystoreRefusal {
    return keys.make(name, shape(scheme), random);
  }

  byte[] sign(RoleKey key, byte[] message) throws IOException, KeystoreRefusal {
    return keys.sign(key.name(), key.publicKey(), key.scheme()::by, message);
  }

  private static AlgorithmParameterSpec shape(SignatureScheme scheme) {
    return switch (scheme) {
      case ECDSA_P256 -> new ECGenParameterSpec("secp256r1");
      case ECDSA_P384 -> new ECGenParameterSpec("secp384r1");
      case RSA_PSS_SHA256 -> RSA_3072;
      case ED25519, ED25519_ML_DSA_65, ECDSA_P256_ML_DSA_65 ->
          throw new IllegalStateException("not in a token: " + scheme);
    };
  }
}
