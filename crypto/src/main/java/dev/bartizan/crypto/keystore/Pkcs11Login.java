// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.keystore;

import dev.bartizan.crypto.SecretBytes;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.Provider;
import java.security.ProviderException;
import java.util.Arrays;

/**
 * How to log in to one token. A PIN that was refused is not tried again: tokens count, and lock.
 */
final class Pkcs11Login {
  private final Pkcs11Module module;
  private final Passphrase pin;
  private volatile boolean pinRefused;

  Pkcs11Login(Pkcs11Module module, Passphrase pin) {
    this.module = module;
    this.pin = pin;
  }

  Pkcs11Module module() {
    return module;
  }

  /**
   * What the token holds, as {@code provider} sees it.
   *
   * @throws KeystoreRefusal {@code WRONG_PIN}, {@code PIN_LOCKED}, {@code TOKEN_ABSENT}, or what
   *     the PIN's reader refuses
   */
  KeyStore open(Provider provider) throws IOException, KeystoreRefusal {
    if (pinRefused) {
      throw new KeystoreRefusal(
          KeystoreRefusal.Reason.WRONG_PIN,
          "the token at " + module + " refused the PIN before; it is not tried again");
    }
    char[] characters;
    try (SecretBytes secret = pin.read()) {
      characters = Passwords.chars(secret);
    }
    try {
      KeyStore store = KeyStore.getInstance("PKCS11", provider);
      store.load(null, characters);
      return store;
    } catch (GeneralSecurityException | IOException | ProviderException failed) {
      KeystoreRefusal refusal = Pkcs11Trouble.ofLogin(module, failed);
      pinRefused = refusal.reason() == KeystoreRefusal.Reason.WRONG_PIN;
      throw refusal;
    } finally {
      Arrays.fill(characters, '\0');
    }
  }
}
