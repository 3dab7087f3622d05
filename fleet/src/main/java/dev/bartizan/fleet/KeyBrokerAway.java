// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet;

import dev.bartizan.crypto.keystore.KeystoreRefusal;
import java.io.IOException;

/**
 * The token with the key broker's key does not let it be used now. No content key is opened until
 * it does; nothing else waits for it.
 */
public final class KeyBrokerAway extends IOException {
  private static final long serialVersionUID = 1L;

  private final KeystoreRefusal why;

  public KeyBrokerAway(KeystoreRefusal why) {
    super("the key broker's key: " + why.getMessage(), why);
    this.why = why;
  }

  /** What the token said. */
  public KeystoreRefusal why() {
    return why;
  }
}
