// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.enrol;

import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.json.Base64Url;
import dev.bartizan.fleet.enrol.EnrolmentRefusal.Reason;
import dev.bartizan.fleet.enrol.TokenStore.Permission;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;

/**
 * One-time permissions to enrol: the server keeps only their digests, so that its database (or a
 * copy of it) admits nobody, and finding a token by its digest takes a time that says nothing about
 * any other token.
 */
public final class EnrolmentTokens {
  /** How long an installer has to use one. */
  public static final Duration LIFETIME = Duration.ofHours(24);

  private static final int BYTES = 32;

  private final TokenStore store;
  private final Clock clock;

  public EnrolmentTokens(TokenStore store, Clock clock) {
    this.store = store;
    this.clock = clock;
  }

  /** Makes one; the text is a secret that exists nowhere else. */
  public String create(SecureRandom random, Duration lifetime) throws IOException, Refusal {
    return create(random, lifetime, false);
  }

  /** Makes one for a device that reference values are to be learned from: it gets no keys. */
  public String createGolden(SecureRandom random, Duration lifetime) throws IOException, Refusal {
    return create(random, lifetime, true);
  }

  private String create(SecureRandom random, Duration lifetime, boolean golden)
      throws IOException, Refusal {
    byte[] secret = new byte[BYTES];
    random.nextBytes(secret);
    String token = Base64Url.encode(secret);
    store.add(
        digest(token), new Permission(clock.instant().plus(lifetime), golden), clock.instant());
    return token;
  }

  /** Names a token without being one. */
  static Digest digest(String token) {
    return Digest.of(token.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Insists that the token with this digest would admit a device now.
   *
   * @throws EnrolmentRefusal with {@code BAD_TOKEN}; it does not say which way it is bad
   */
  Permission require(Digest token) throws IOException, Refusal {
    return good(store.find(token).orElseThrow(EnrolmentTokens::bad));
  }

  /** Spends it: of two who try at the same time, one succeeds. */
  Permission spend(Digest token) throws IOException, Refusal {
    return good(store.take(token).orElseThrow(EnrolmentTokens::bad));
  }

  private Permission good(Permission permission) throws EnrolmentRefusal {
    if (!clock.instant().isBefore(permission.expiresAt())) {
      throw bad();
    }
    return permission;
  }

  static EnrolmentRefusal bad() {
    return new EnrolmentRefusal(Reason.BAD_TOKEN, "the enrolment token is not valid");
  }
}
