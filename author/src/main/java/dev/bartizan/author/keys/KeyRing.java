// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.author.keys;

import dev.bartizan.author.keys.AuthorRefusal.Code;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.keystore.TokenPlace;
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
import org.jspecify.annotations.Nullable;

/** The keys one author holds. Others may hold the rest. */
public final class KeyRing {
  static final int RSA_BITS = 3072;
  private static final int P256_BITS = 256;

  private final KeyFolder folder;
  private final KeySecrets secrets;
  private final SecureRandom random;
  private final KeyPem pem;
  private @Nullable TokenKeys token;

  public KeyRing(KeyFolder folder, KeySecrets secrets, SecureRandom random) {
    this.folder = folder;
    this.secrets = secrets;
    this.random = random;
    this.pem = new KeyPem(random);
  }

  /** Whether new keys in files are encrypted; whoever makes some should say so. */
  public boolean encryptsNewKeys() {
    return secrets.passphrase().isPresent();
  }

  /**
   * Gives this ring a token, before any key is made in it.
   *
   * @throws Refusal when there is no PIN or the token does not take it, is not there, or has keys
   *     of this label; the ring is as it was
   */
  public void keepIn(TokenPlace place) throws IOException, Refusal {
    TokenKeys keys = TokenKeys.of(place, secrets.pin());
    keys.requireNone();
    folder.setToken(place);
    token = keys;
  }

  /** Makes keys for {@code role} as planned, numbered on from those that are there. */
  public List<RoleKey> generate(String role, List<KeyPlan> plans) throws IOException, Refusal {
    List<RoleKey> made = new ArrayList<>();
    int number = 1;
    List<String> taken = folder.names();
    while (made.size() < plans.size()) {
      String name = role + "-" + number++;
      if (!taken.contains(name)) {
        made.add(generate(name, plans.get(made.size())));
      }
    }
    return made;
  }

  private RoleKey generate(String name, KeyPlan plan) throws IOException, Refusal {
    return switch (plan.place()) {
      case FILE -> {
        KeyPair pair = newPair(plan.scheme());
        folder.add(name, pem.encode(pair, secrets.passphrase()));
        yield new RoleKey(name, plan.scheme(), pair.getPublic());
      }
      case TOKEN -> {
        PublicKey made = token(name).make(name, plan.scheme(), random);
        folder.addPublic(name, pem.encode(made));
        yield new RoleKey(name, plan.scheme(), made);
      }
    };
  }

  /** All keys of the ring, those in the token included, whether or not it is there. */
  public List<RoleKey> keys() throws IOException, AuthorRefusal {
    List<RoleKey> keys = new ArrayList<>();
    for (String name : folder.names()) {
      PublicKey publicKey = pem.publicKey(name, folder.read(name));
      keys.add(new RoleKey(name, schemeOf(name, publicKey), publicKey));
    }
    return keys;
  }

  /** The signature of {@code key} over {@code message}. */
  byte[] sign(RoleKey key, byte[] message) throws IOException, Refusal {
    return folder.isInToken(key.name())
        ? token(key.name()).sign(key, message)
        : signHere(key, message);
  }

  private byte[] signHere(RoleKey key, byte[] message) throws IOException, AuthorRefusal {
    PrivateKey secret = pem.privateKey(key.name(), folder.read(key.name()), secrets.passphrase());
    try {
      Signature signature = key.scheme().forSigning();
      signature.initSign(secret, random);
      signature.update(message);
      return signature.sign();
    } catch (GeneralSecurityException unfit) {
      throw new AuthorRefusal(Code.BAD_KEY, key.name() + ": cannot sign", unfit);
    }
  }

  /** The same one as long as this ring is used, since it remembers that its PIN was refused. */
  private TokenKeys token(String name) throws IOException, Refusal {
    if (token == null) {
      Optional<TokenPlace> place = folder.token();
      if (place.isEmpty()) {
        throw new AuthorRefusal(
            Code.NO_TOKEN, name + ": is in a token, and no token.json beside it says in which");
      }
      token = TokenKeys.of(place.get(), secrets.pin());
    }
    return token;
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
