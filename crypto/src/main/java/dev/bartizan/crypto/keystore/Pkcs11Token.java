// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.keystore;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.Provider;
import java.security.ProviderException;
import java.security.SecureRandom;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One token and how to log in to it. */
final class Pkcs11Token {
  private final Pkcs11Module module;
  private final String prefix;
  private final Pkcs11Login login;

  Pkcs11Token(Pkcs11Module module, String label, Passphrase pin) {
    this.module = module;
    this.prefix = label + "-";
    this.login = new Pkcs11Login(module, pin);
  }

  Pkcs11Module module() {
    return module;
  }

  /**
   * Both keys, made in the token: session objects at first, which a cut leaves nothing of.
   *
   * @throws KeystoreRefusal {@code KEYS_EXIST} when the token has keys of these names
   */
  JcaKeys makeKeys(SecureRandom random) throws IOException, KeystoreRefusal {
    // Each pair is stored through the provider it was made by: no other may move a sensitive key.
    Provider signing = module.birthplace(KeyPurpose.IDENTITY);
    Provider agreeing = module.birthplace(KeyPurpose.UNWRAP);
    KeyStore store = login.open(signing);
    try {
      if (has(store, KeyPurpose.IDENTITY) || has(store, KeyPurpose.UNWRAP)) {
        throw new KeystoreRefusal(
            KeystoreRefusal.Reason.KEYS_EXIST,
            "the token at " + module + " has keys " + prefix + "... of another enrolment already");
      }
      KeyPair identity = JcaKeys.generate(signing, random);
      KeyPair unwrap = JcaKeys.generate(agreeing, random);
      JcaKeys.put(login.open(agreeing), prefix, KeyPurpose.UNWRAP, unwrap, identity, signing);
      JcaKeys.put(store, prefix, KeyPurpose.IDENTITY, identity, identity, signing);
    } catch (GeneralSecurityException | ProviderException failed) {
      throw Pkcs11Trouble.absent(module, failed);
    }
    return keys();
  }

  /**
   * Logs in and finds the keys.
   *
   * @throws KeystoreRefusal {@code TOKEN_REPLACED} when they are not all there
   */
  JcaKeys keys() throws IOException, KeystoreRefusal {
    KeyStore store = login.open(module.provider());
    try {
      return JcaKeys.of(store, prefix);
    } catch (ProviderException failed) {
      throw Pkcs11Trouble.absent(module, failed);
    } catch (GeneralSecurityException missing) {
      throw replaced(missing);
    }
  }

  /** Whether there are keys of these names at all. */
  boolean hasKeys() throws IOException, KeystoreRefusal {
    KeyStore store = login.open(module.provider());
    try {
      return has(store, KeyPurpose.IDENTITY) && has(store, KeyPurpose.UNWRAP);
    } catch (GeneralSecurityException | ProviderException failed) {
      throw Pkcs11Trouble.absent(module, failed);
    }
  }

  /** Deletes both, as far as they are there. */
  void destroyKeys() throws IOException, KeystoreRefusal {
    KeyStore store = login.open(module.provider());
    try {
      for (KeyPurpose purpose : List.of(KeyPurpose.UNWRAP, KeyPurpose.IDENTITY)) {
        if (has(store, purpose)) {
          store.deleteEntry(prefix + purpose.text());
        }
      }
    } catch (GeneralSecurityException | ProviderException failed) {
      throw Pkcs11Trouble.absent(module, failed);
    }
  }

  private boolean has(KeyStore store, KeyPurpose purpose) throws GeneralSecurityException {
    return store.containsAlias(prefix + purpose.text());
  }

  KeystoreRefusal replaced(@Nullable Exception why) {
    return new KeystoreRefusal(
        KeystoreRefusal.Reason.TOKEN_REPLACED,
        "the token at " + module + " does not hold the keys made at enrolment",
        why);
  }
}
