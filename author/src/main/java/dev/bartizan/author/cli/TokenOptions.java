// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.author.cli;

import dev.bartizan.author.keys.KeyPlan;
import dev.bartizan.author.keys.TokenPlace;
import dev.bartizan.author.publish.RepositoryPlan;
import dev.bartizan.author.publish.RolePlan;
import dev.bartizan.crypto.keystore.Pkcs11Module;
import dev.bartizan.updater.tuf.RoleName;
import dev.bartizan.updater.tuf.SignatureScheme;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Which role keys are made in a PKCS#11 token, and in which. */
final class TokenOptions {
  @Option(
      names = "--token-module",
      paramLabel = "FILE",
      description = {
        "Make role keys in a PKCS#11 token: the module's shared object, an absolute path. They are"
            + " made in the token and never leave it; every command that signs needs it then."
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
        "What the keys' names in the token begin with; several authors may share one (default:"
            + " ${DEFAULT-VALUE})."
      })
  private String keyLabel = "bartizan";

  @Option(
      names = "--token-algorithm",
      defaultValue = "ecdsa-p256",
      converter = Arguments.SchemeArgument.class,
      paramLabel = "A",
      description =
          "Of the keys in the token: ecdsa-p256, ecdsa-p384 or rsa (default: ecdsa-p256).")
  private SignatureScheme algorithm = SignatureScheme.ECDSA_P256;

  @Option(
      names = "--token-keys",
      split = ",",
      converter = {Arguments.RoleArgument.class, Arguments.CountArgument.class},
      paramLabel = "ROLE=N",
      description = {
        "How many of a role's keys are made in the token, the others in files (default: all keys of"
            + " all roles)."
      })
  private Map<RoleName, Integer> inToken = new LinkedHashMap<>();

  /**
   * The plan with as many keys in the token as were asked for.
   *
   * @throws IllegalArgumentException when that cannot be
   */
  RepositoryPlan applyTo(RepositoryPlan plan) {
    if (module.isEmpty()) {
      if (slot.isPresent() || !inToken.isEmpty()) {
        throw new IllegalArgumentException("--token-slot and --token-keys want --token-module");
      }
      return plan;
    }
    TokenPlace place = new TokenPlace(new Pkcs11Module(module.get(), requiredSlot()), keyLabel);
    RepositoryPlan changed = plan.with(place);
    for (RoleName role : inToken.isEmpty() ? plan.roles().keySet() : inToken.keySet()) {
      RolePlan keys = plan.of(role);
      int count = inToken.isEmpty() ? keys.keys().size() : inToken.getOrDefault(role, 0);
      changed = changed.with(role, withKeysInToken(role, keys, count));
    }
    return changed;
  }

  private int requiredSlot() {
    return slot.orElseThrow(
        () -> new IllegalArgumentException("--token-module wants --token-slot"));
  }

  /** The first ones are those in the token. */
  private RolePlan withKeysInToken(RoleName role, RolePlan plan, int count) {
    if (count > plan.keys().size()) {
      throw new IllegalArgumentException(
          "--token-keys " + role + "=" + count + ": it has " + plan.keys().size() + " keys");
    }
    List<KeyPlan> keys = new ArrayList<>(plan.keys());
    for (int number = 0; number < count; number++) {
      keys.set(number, new KeyPlan(algorithm, KeyPlan.Place.TOKEN));
    }
    return new RolePlan(plan.threshold(), keys);
  }
}
