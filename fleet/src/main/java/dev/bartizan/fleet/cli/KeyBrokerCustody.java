// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.cli;

import dev.bartizan.fleet.credential.BrokerToken;
import java.util.Optional;

/** What it means where the key broker's key is, in one sentence. */
final class KeyBrokerCustody {
  private KeyBrokerCustody() {}

  /**
   * @param token it is in; without one it is a file
   * @param dir the server's directory
   */
  static String of(Optional<BrokerToken> token, String dir) {
    return token
        .map(
            place ->
                "the key broker's key is "
                    + place
                    + ", and does not leave it: a thief of "
                    + dir
                    + " alone reads no model; serve needs the token, and its PIN in "
                    + place.pinFile())
        .orElse(
            "the key broker's key is a file, key-broker/key-broker.key: a thief of it and of vault/"
                + " reads every model that was shipped through this server; see init"
                + " --token-module");
  }
}
