// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.author.keys;

import dev.bartizan.author.keys.AuthorRefusal.Code;
import dev.bartizan.crypto.SecretBytes;
import dev.bartizan.updater.tuf.HybridPublicKey;
import dev.bartizan.updater.tuf.SignatureScheme;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The keys one author holds. Others may hold the rest. */
public final class KeyRing {
  private static final int RSA_BITS = 3072;
  private static final int P256_BITS = 256;

  private final KeyFolder folder;
  private final Optional<SecretBytes> passphrase;
  private final SecureRandom random;
  private final KeyPem pem;

  /**
   * @param passphrase for keys that are encrypted, and for those made here; without one new keys
   *     are protected by their file's mode alone
   */
  public KeyRing(KeyFolder folder, Optional<SecretBytes> passphrase, SecureRandom random) {
    this.folder = folder;
    this.passphrase = passphrase;
    this.random = random;
    this.pem = new KeyPem(random);
  }

  /** Whether new keys are encrypted; whoever makes some should say so. */
  public boolean encryptsNewKeys() {
    return passphrase.isPresent();
  }

  /** Makes {@code count} keys for {@code role}, numbered on from those that are there. */
  public List<RoleKey> generate(String role, SignatureScheme scheme, int count)
      throws IOException, AuthorRefusal {
    List<RoleKey> made = new ArrayList<>();
    int number = 1;
    List<String> taken = folder.names();
    while (made.size() < count) {
      String name = role + "-" + number++;
      if (!taken.contains(name)) {
        KeyPair pair = newPair(scheme);
        folder.add(name, pem.encode(pair, passphrase));
        made.add(new RoleKey(name, scheme, pair.getPublic()));
      }
    }
    return made;
  }

  /** All keys of the ring. */
  public List<RoleKey> keys() throws IOException, AuthorRefusal {
    List<RoleKey> keys = new ArrayList<>();
    for (String name : folder.names()) {
      PublicKey publicKey = pem.publicKey(name, folder.read(name));
      keys.add(new RoleKey(name, schemeOf(name, publicKey), publicKey));
    }
    return keys;
  }

  /** The signature of {@code key} over {@code message}. */
  byte[] sign(RoleKey key, byte[] message) throws IOException, AuthorRefusal {
    PrivateKey secret = pem.privateKey(key.name(), folder.read(key.name()), passphrase);
    try {
      Signature signature = key.scheme().forSigning();
      signature.initSign(secret, random);
      signature.update(message);
      return signature.sign();
    } catch (GeneralSecurityException unfit) {
      throw new AuthorRefusal(Code.BAD_KEY, key.name() + ": cannot sign", unfit);
    }
  }

  private KeyPair newPair(SignatureScheme scheme) {
    try {
      KeyPair classical = generator(scheme.classical()).generateKeyPair();
      return scheme.isHybrid() ? HybridPair.around(classical, random) : classical;
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("every platform makes such keys", impossible);
    }
  }

  private KeyPairGenerator generator(SignatureScheme scheme) throws GeneralSecurityException {
    return switch (scheme) {
      case ED25519 -> ofSize("Ed25519", 255);
      case ECDSA_P256 -> onCurve("secp256r1");
      case ECDSA_P384 -> onCurve("secp384r1");
      case RSA_PSS_SHA256 -> ofSize("RSA", RSA_BITS);
      case ED25519_ML_DSA_65, ECDSA_P256_ML_DSA_65 ->
          throw new IllegalStateException("not classical: " + scheme);
    };
  }

  private KeyPairGenerator ofSize(String algorithm, int bits) throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
    generator.initialize(bits, random);
    return generator;
  }

  private KeyPairGenerator onCurve(String curve) throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec(curve), random);
    return generator;
  }

  private static SignatureScheme schemeOf(String name, PublicKey key) throws AuthorRefusal {
    if (key instanceof HybridPublicKey hybrid) {
      return switch (schemeOf(name, hybrid.classical())) {
        case ED25519 -> SignatureScheme.ED25519_ML_DSA_65;
        case ECDSA_P256 -> SignatureScheme.ECDSA_P256_ML_DSA_65;
        case ECDSA_P384, RSA_PSS_SHA256, ED25519_ML_DSA_65, ECDSA_P256_ML_DSA_65 ->
            throw new AuthorRefusal(Code.BAD_KEY, name + ": no hybrid we sign with");
      };
    }
    if (key instanceof ECPublicKey point) {
      int bits = point.getParams().getCurve().getField().getFieldSize();
      return bits == P256_BITS ? SignatureScheme.ECDSA_P256 : SignatureScheme.ECDSA_P384;
    }
    if (key instanceof RSAPublicKey) {
      return SignatureScheme.RSA_PSS_SHA256;
    }
    if (key.getAlgorithm().equals("EdDSA") || key.getAlgorithm().equals("Ed25519")) {
      return SignatureScheme.ED25519;
    }
    throw new AuthorRefusal(Code.BAD_KEY, name + ": no key of a kind we sign with");
  }
}
