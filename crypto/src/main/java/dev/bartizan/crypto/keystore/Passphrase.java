// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.keystore;

import dev.bartizan.crypto.SecretBytes;
import java.io.IOException;

/** Where the PIN or password of a keystore comes from: asked each time, kept nowhere. */
@FunctionalInterface
public interface Passphrase {
  /**
   * The secret, in ASCII.
   *
   * @throws KeystoreRefusal {@code BAD_SECRET_FILE}
   */
  SecretBytes read() throws IOException, KeystoreRefusal;
}
