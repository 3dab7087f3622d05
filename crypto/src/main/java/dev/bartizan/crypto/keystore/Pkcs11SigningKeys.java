// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.keystore;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.ProviderException;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Keys of a PKCS#11 token that sign and do nothing else, found by their names: made there,
 * sensitive and not extractable.
 */
public final class Pkcs11SigningKeys {
  private final Pkcs11Login login;
  private final String prefix;
  private @Nullable KeyStore opened;

  /**
   * @param label what their names in the token begin with: several owners may share one
   */
  public Pkcs11SigningKeys(Pkcs11Module module, String label, Passphrase pin) {
    this.login = new Pkcs11Login(module, pin);
    this.prefix = label + "-";
  }

  /** A signature that is not begun yet, as a provider computes it. */
  @FunctionalInterface
  public interface Scheme {
    Signature by(Provider provider) throws GeneralSecurityException;
  }

  /**
   * Logs in, and insists that nobody has keys of this label there yet.
   *
   * @throws KeystoreRefusal {@code KEYS_EXIST}; {@code MODULE_UNUSABLE}, {@code TOKEN_ABSENT},
   *     {@code WRONG_PIN}, {@code PIN_LOCKED}, or what the PIN's reader refuses
   */
  public void requireNone() throws IOException, KeystoreRefusal {
    try {
      List<String> taken =
          Collections.list(store().aliases()).stream().filter(it -> it.startsWith(prefix)).toList();
      if (!taken.isEmpty()) {
        throw new KeystoreRefusal(
            KeystoreRefusal.Reason.KEYS_EXIST,
            "the token at " + login.module() + " has a key " + taken.get(0) + " already");
      }
    } catch (GeneralSecurityException | ProviderException failed) {
      throw gone(failed);
    }
  }

  /**
   * Makes a key in the token.
   *
   * @param shape a curve, or the size of an RSA key
   * @return its public half
   * @throws KeystoreRefusal {@code KEYS_EXIST} when the name is taken; as {@link #requireNone}
   */
  public PublicKey make(String name, AlgorithmParameterSpec shape, SecureRandom random)
      throws IOException, KeystoreRefusal {
    boolean isCurve = shape instanceof ECGenParameterSpec;
    Provider birthplace = login.module().signingBirthplace();
    KeyStore store = login.open(birthplace);
    try {
      if (store.containsAlias(prefix + name)) {
        throw new KeystoreRefusal(
            KeystoreRefusal.Reason.KEYS_EXIST,
            "the token at " + login.module() + " has a key " + prefix + name + " already");
      }
      KeyPairGenerator generator = KeyPairGenerator.getInstance(isCurve ? "EC" : "RSA", birthplace);
      generator.initialize(shape, random);
      // A session object at first, which a cut leaves nothing of.
      KeyPair pair = generator.generateKeyPair();
      Certificate holder =
          HolderCertificate.ofItself(
              prefix + name, pair, isCurve ? "SHA256withECDSA" : "SHA256withRSA", birthplace);
      store.setKeyEntry(prefix + name, pair.getPrivate(), null, new Certificate[] {holder});
      forget();
      return copyOf(pair.getPublic());
    } catch (GeneralSecurityException | ProviderException failed) {
      throw gone(failed);
    }
  }

  /**
   * The signature of the key {@code name} over {@code message}, computed in the token.
   *
   * @param expected the public half that {@link #make} returned
   * @throws KeystoreRefusal {@code TOKEN_REPLACED} when the token has no such key, or one of this
   *     name that is another; {@code MODULE_UNUSABLE}, {@code TOKEN_ABSENT}, {@code WRONG_PIN},
   *     {@code PIN_LOCKED}, or what the PIN's reader refuses
   */
  public byte[] sign(String name, PublicKey expected, Scheme scheme, byte[] message)
      throws IOException, KeystoreRefusal {
    try {
      KeyStore store = store();
      if (!(store.getKey(prefix + name, null) instanceof PrivateKey key)) {
        throw replaced("holds no key " + prefix + name);
      }
      Signature signature = scheme.by(store.getProvider());
      signature.initSign(key);
      signature.update(message);
      byte[] made = signature.sign();
      requireBy(name, expected, scheme, message, made);
      return made;
    } catch (GeneralSecurityException | ProviderException failed) {
      throw gone(failed);
    }
  }

  /** Checked by the platform: the token says nothing of its own key that would count. */
  private void requireBy(
      String name, PublicKey expected, Scheme scheme, byte[] message, byte[] made)
      throws GeneralSecurityException, KeystoreRefusal {
    Signature check = scheme.by(KeyFactory.getInstance(expected.getAlgorithm()).getProvider());
    check.initVerify(expected);
    check.update(message);
    if (!check.verify(made)) {
      throw replaced("has another key " + prefix + name + " than was made in it");
    }
  }

  /** In the platform's own class, which lives on when the token is gone. */
  private static PublicKey copyOf(PublicKey key) throws GeneralSecurityException {
    return KeyFactory.getInstance(key.getAlgorithm())
        .generatePublic(new X509EncodedKeySpec(key.getEncoded()));
  }

  private synchronized KeyStore store() throws IOException, KeystoreRefusal {
    if (opened == null) {
      opened = login.open(login.module().provider());
    }
    return opened;
  }

  /** The next call starts from the login. */
  private synchronized void forget() {
    opened = null;
  }

  private KeystoreRefusal gone(Exception failed) {
    forget();
    return Pkcs11Trouble.absent(login.module(), failed);
  }

  private KeystoreRefusal replaced(String what) {
    return new KeystoreRefusal(
        KeystoreRefusal.Reason.TOKEN_REPLACED, "the token at " + login.module() + " " + what);
  }
}
