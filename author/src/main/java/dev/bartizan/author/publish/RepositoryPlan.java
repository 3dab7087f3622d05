// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.author.publish;

import dev.bartizan.author.keys.KeyPlan;
import dev.bartizan.crypto.keystore.TokenPlace;
import dev.bartizan.updater.tuf.RoleName;
import dev.bartizan.updater.tuf.SignatureScheme;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Which roles a repository has, and with which keys they begin.
 *
 * @param roles by name, the four top-level ones and those that targets delegates to, in the order
 *     of their precedence
 * @param token where keys are made that are planned to be in one
 */
public record RepositoryPlan(Map<RoleName, RolePlan> roles, Optional<TokenPlace> token) {
  /** Each speaks for the paths below its own name, and for nothing else. */
  public static final List<RoleName> DELEGATED =
      List.of(
          new RoleName("models"),
          new RoleName("software"),
          new RoleName("reference"),
          new RoleName("policy"));

  static final List<RoleName> TOP_LEVEL =
      List.of(RoleName.ROOT, RoleName.TIMESTAMP, RoleName.SNAPSHOT, RoleName.TARGETS);

  /** Patterns do not reach across a slash, so there is one per depth. */
  private static final int DEPTH_MAX = 6;

  public RepositoryPlan {
    roles = Collections.unmodifiableMap(new LinkedHashMap<>(roles));
    for (RoleName role : allRoles()) {
      if (!roles.containsKey(role)) {
        throw new IllegalArgumentException("no keys planned for " + role);
      }
    }
    if (token.isEmpty() && keysIn(roles).anyMatch(it -> it.place() == KeyPlan.Place.TOKEN)) {
      throw new IllegalArgumentException("keys planned for a token, and none named");
    }
  }

  /** Root and models 2 of 3, everything else one key. */
  public static RepositoryPlan defaults(SignatureScheme scheme) {
    Map<RoleName, RolePlan> roles = new LinkedHashMap<>();
    allRoles().forEach(role -> roles.put(role, new RolePlan(1, 1, scheme)));
    roles.put(RoleName.ROOT, new RolePlan(2, 3, scheme));
    roles.put(new RoleName("models"), new RolePlan(2, 3, scheme));
    return new RepositoryPlan(roles, Optional.empty());
  }

  /** The same plan with a token. */
  public RepositoryPlan with(TokenPlace place) {
    return new RepositoryPlan(roles, Optional.of(place));
  }

  /** The same plan with other keys for one role. */
  public RepositoryPlan with(RoleName role, RolePlan keys) {
    if (!roles.containsKey(role)) {
      throw new IllegalArgumentException("no such role: " + role);
    }
    Map<RoleName, RolePlan> changed = new LinkedHashMap<>(roles);
    changed.put(role, keys);
    return new RepositoryPlan(changed, token);
  }

  private static Stream<KeyPlan> keysIn(Map<RoleName, RolePlan> roles) {
    return roles.values().stream().flatMap(role -> role.keys().stream());
  }

  /** The keys planned for one role. */
  public RolePlan of(RoleName role) {
    RolePlan plan = roles.get(role);
    if (plan == null) {
      throw new IllegalArgumentException("no such role: " + role);
    }
    return plan;
  }

  /** {@code models/*}, {@code models/*}{@code /*} and so on. */
  static List<String> pathsOf(RoleName delegated) {
    List<String> patterns = new ArrayList<>();
    for (int depth = 1; depth <= DEPTH_MAX; depth++) {
      patterns.add(delegated + "/*".repeat(depth));
    }
    return patterns;
  }

  private static List<RoleName> allRoles() {
    List<RoleName> all = new ArrayList<>(TOP_LEVEL);
    all.addAll(DELEGATED);
    return all;
  }
}
