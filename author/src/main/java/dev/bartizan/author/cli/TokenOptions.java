// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.author.cli;

import dev.bartizan.author.keys.KeyPlan;
import dev.bartizan.author.publish.RepositoryPlan;
import dev.bartizan.author.publish.RolePlan;
import dev.bartizan.crypto.keystore.TokenPlace;
import dev.bartizan.protocol.cli.TokenPlaceOptions;
import dev.bartizan.updater.tuf.RoleName;
import dev.bartizan.updater.tuf.SignatureScheme;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which role keys are made in a PKCS#11 token, and in which. */
final class TokenOptions {
  @Mixin private TokenPlaceOptions place = new TokenPlaceOptions();

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
    Optional<TokenPlace> token = place.place(!inToken.isEmpty());
    if (token.isEmpty()) {
      return plan;
    }
    RepositoryPlan changed = plan.with(token.get());
    for (RoleName role : inToken.isEmpty() ? plan.roles().keySet() : inToken.keySet()) {
      RolePlan keys = plan.of(role);
      int count = inToken.isEmpty() ? keys.keys().size() : inToken.getOrDefault(role, 0);
      changed = changed.with(role, withKeysInToken(role, keys, count));
    }
    return changed;
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
