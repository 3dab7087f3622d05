// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.author.keys;

import dev.bartizan.crypto.SecretBytes;
import dev.bartizan.crypto.keystore.Passphrase;
import java.util.Optional;

/**
 * What opens the private keys of a ring.
 *
 * @param passphrase of those in files, for keys that are encrypted, and for those to be made;
 *     without one new keys are protected by their file's mode alone
 * @param pin of the token, when some are in one
 */
public record KeySecrets(Optional<SecretBytes> passphrase, Optional<Passphrase> pin) {
  /** Of a ring that has only files, and those in the clear. */
  public static final KeySecrets NONE = new KeySecrets(Optional.empty(), Optional.empty());

  /** Of a ring that has only files. */
  public static KeySecrets of(SecretBytes passphrase) {
    return new KeySecrets(Optional.of(passphrase), Optional.empty());
  }
}
