// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.keystore;

import dev.bartizan.crypto.SecretBytes;

/** Java's key stores want characters. */
final class Passwords {
  private Passwords() {}

  /** In ASCII; whoever asked clears them. */
  static char[] chars(SecretBytes secret) {
    return secret.reveal(
        plain -> {
          char[] password = new char[plain.length];
          for (int i = 0; i < plain.length; i++) {
            password[i] = (char) (plain[i] & 0x7F);
          }
          return password;
        });
  }
}
