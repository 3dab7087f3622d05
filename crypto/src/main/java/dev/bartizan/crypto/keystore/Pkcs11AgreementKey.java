// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.keystore;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.SecretBytes;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.ProviderException;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import javax.crypto.KeyAgreement;
import org.jspecify.annotations.Nullable;

/**
 * A key on P-256 in a PKCS#11 token that agrees and does nothing else, and is no device's: made
 * there, sensitive and not extractable. What it agrees on leaves the token, the key never.
 *
 * <p>One object for as long as the token is used: a PIN that was refused is not tried again.
 */
public final class Pkcs11AgreementKey {
  private final Pkcs11Login login;
  private final String name;
  private final SecureRandom random;
  private @Nullable PrivateKey proved;
  private @Nullable Provider provider;

  /**
   * @param name of the key in the token
   */
  public Pkcs11AgreementKey(Pkcs11Module module, String name, Passphrase pin, SecureRandom random) {
    this.login = new Pkcs11Login(module, pin);
    this.name = name;
    this.random = random;
  }

  /** Who writes the certificate of a key that cannot sign for itself. */
  @FunctionalInterface
  public interface Certifier {
    X509Certificate certify(ECPublicKey key);
  }

  /**
   * Logs in, and insists that the token has no key of this name yet.
   *
   * @throws KeystoreRefusal {@code KEYS_EXIST}; {@code MODULE_UNUSABLE}, {@code TOKEN_ABSENT},
   *     {@code WRONG_PIN}, {@code PIN_LOCKED}, or what the PIN's reader refuses
   */
  public void requireNone() throws IOException, KeystoreRefusal {
    try {
      requireNone(login.open(login.module().provider()));
    } catch (GeneralSecurityException | ProviderException failed) {
      throw gone(failed);
    }
  }

  private void requireNone(KeyStore store) throws GeneralSecurityException, KeystoreRefusal {
    if (store.containsAlias(name)) {
      throw new KeystoreRefusal(
          KeystoreRefusal.Reason.KEYS_EXIST,
          "the token at " + login.module() + " has a key " + name + " already");
    }
  }

  /**
   * Makes the key in the token.
   *
   * @return the certificate it was given, which the token holds as well
   * @throws KeystoreRefusal as {@link #requireNone}
   */
  public X509Certificate make(Certifier certifier) throws IOException, KeystoreRefusal {
    Provider birthplace = login.module().birthplace(KeyPurpose.UNWRAP);
    KeyStore store = login.open(birthplace);
    try {
      requireNone(store);
      // A session object at first, which a cut leaves nothing of.
      KeyPair pair = JcaKeys.generate(birthplace, random);
      X509Certificate certificate = certifier.certify(PeerKey.parse(pair.getPublic().getEncoded()));
      store.setKeyEntry(name, pair.getPrivate(), null, new Certificate[] {certificate});
      return certificate;
    } catch (GeneralSecurityException | ProviderException failed) {
      throw gone(failed);
    }
  }

  /**
   * The secret that this key and {@code peer} share, computed in the token.
   *
   * @param expected the public half of the key that was made
   * @throws KeystoreRefusal {@code TOKEN_REPLACED} when the token has no such key, or one of this
   *     name that is another; {@code BAD_PEER_KEY}; as {@link #requireNone}
   */
  public SecretBytes agree(ECPublicKey expected, ECPublicKey peer)
      throws IOException, KeystoreRefusal {
    ECPublicKey sender = PeerKey.require(peer);
    try {
      return agreeInToken(expected, sender);
    } catch (GeneralSecurityException | ProviderException failed) {
      throw gone(failed);
    }
  }

  /** By one at a time: who logs in anew must not do so for each who waits. */
  private synchronized SecretBytes agreeInToken(ECPublicKey expected, ECPublicKey sender)
      throws IOException, KeystoreRefusal, GeneralSecurityException {
    if (proved == null || provider == null) {
      KeyStore store = login.open(login.module().provider());
      if (!(store.getKey(name, null) instanceof PrivateKey key)) {
        throw replaced("holds no key " + name);
      }
      requireHalfOf(expected, store.getProvider(), key);
      provider = store.getProvider();
      proved = key;
    }
    return JcaKeys.agree(provider, proved, sender);
  }

  /**
   * What the token says of its own key would not count, so it agrees with a key that is known here.
   */
  private void requireHalfOf(ECPublicKey expected, Provider token, PrivateKey key)
      throws GeneralSecurityException, KeystoreRefusal {
    Provider platform = KeyAgreement.getInstance("ECDH").getProvider();
    KeyPair probe = JcaKeys.generate(platform, random);
    try (SecretBytes theirs = JcaKeys.agree(token, key, (ECPublicKey) probe.getPublic());
        SecretBytes ours = JcaKeys.agree(platform, probe.getPrivate(), PeerKey.require(expected))) {
      if (!theirs.reveal(Bytes::of).equals(ours.reveal(Bytes::of))) {
        throw replaced("has another key " + name + " than was made in it");
      }
    }
  }

  private KeystoreRefusal gone(Exception failed) {
    forget();
    return Pkcs11Trouble.absent(login.module(), failed);
  }

  /** The next call starts from the login. */
  private synchronized void forget() {
    proved = null;
    provider = null;
  }

  private KeystoreRefusal replaced(String what) {
    return new KeystoreRefusal(
        KeystoreRefusal.Reason.TOKEN_REPLACED, "the token at " + login.module() + " " + what);
  }
}
