// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.cli;

import dev.bartizan.fleet.credential.BrokerToken;
import dev.bartizan.protocol.cli.TokenPlaceOptions;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Whether the key broker's key is made in a PKCS#11 token, and in which. */
final class BrokerTokenOptions {
  /** The server's keys that can be in one. */
  enum TokenKey {
    BROKER
  }

  /** As the command line names them. */
  static final class TokenKeyArgument implements ITypeConverter<TokenKey> {
    @Override
    public TokenKey convert(String text) {
      if (!text.equals("broker")) {
        throw new IllegalArgumentException("not broker, the one key that can be in a token");
      }
      return TokenKey.BROKER;
    }
  }

  @Mixin private TokenPlaceOptions place = new TokenPlaceOptions();

  @Option(
      names = "--token-pin-file",
      paramLabel = "FILE",
      description = {
        "Holds the PIN of the token: one line, readable by its owner alone, outside DIR. It is read"
            + " where it is each time the token is logged in to."
      })
  private Optional<Path> pinFile = Optional.empty();

  @Option(
      names = "--token-keys",
      split = ",",
      converter = TokenKeyArgument.class,
      paramLabel = "KEY",
      description =
          "Which keys are made in the token: broker, the key broker's (default: the same).")
  private Set<TokenKey> keys = EnumSet.noneOf(TokenKey.class);

  /**
   * The token that was named.
   *
   * @throws IllegalArgumentException when half of it was named
   */
  Optional<BrokerToken> token() {
    boolean wanted = pinFile.isPresent() || !keys.isEmpty();
    return place
        .place(wanted)
        .map(
            token ->
                new BrokerToken(
                    token,
                    pinFile
                        .orElseThrow(
                            () ->
                                new IllegalArgumentException(
                                    "--token-module wants --token-pin-file"))
                        .toAbsolutePath()
                        .normalize()));
  }
}
