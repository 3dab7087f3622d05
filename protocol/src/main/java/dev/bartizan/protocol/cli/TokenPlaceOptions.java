// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.cli;

import dev.bartizan.crypto.keystore.Pkcs11Module;
import dev.bartizan.crypto.keystore.TokenPlace;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** In which PKCS#11 token keys are made. */
public final class TokenPlaceOptions {
  @Option(
      names = "--token-module",
      paramLabel = "FILE",
      description = {
        "Make keys in a PKCS#11 token: the module's shared object, an absolute path. They are made"
            + " in the token and never leave it; every command that uses one needs it then."
      })
  private Optional<Path> module = Optional.empty();

  @Option(
      names = "--token-slot",
      paramLabel = "N",
      description = "The token's slot: see pkcs11-tool --module FILE --list-slots.")
  private Optional<Integer> slot = Optional.empty();

  @Option(
      names = "--token-key-label",
      defaultValue = "bartizan",
      paramLabel = "L",
      description = {
        "What the keys' names in the token begin with; several owners may share one (default:"
            + " ${DEFAULT-VALUE})."
      })
  private String keyLabel = "bartizan";

  /**
   * The token that was named.
   *
   * @param wanted whether another option speaks of keys in a token
   * @throws IllegalArgumentException when half of it was named
   */
  public Optional<TokenPlace> place(boolean wanted) {
    if (module.isEmpty()) {
      if (slot.isPresent() || wanted) {
        throw new IllegalArgumentException("--token-slot and --token-keys want --token-module");
      }
      return Optional.empty();
    }
    int number =
        slot.orElseThrow(() -> new IllegalArgumentException("--token-module wants --token-slot"));
    return Optional.of(new TokenPlace(new Pkcs11Module(module.get(), number), keyLabel));
  }
}
