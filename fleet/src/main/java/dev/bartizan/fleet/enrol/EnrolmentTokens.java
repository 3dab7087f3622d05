// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.enrol;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.json.Base64Url;
import dev.bartizan.crypto.json.JsonFields;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.fleet.enrol.EnrolmentRefusal.Reason;
import dev.bartizan.updater.disk.DocumentFormat;
import dev.bartizan.updater.disk.SharedDirectory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * One-time permissions to enrol, {@code tokens/DIGEST.json}: the server keeps only their digests,
 * so that its directory (or a copy of it) admits nobody, and finding a token by its digest takes a
 * time that says nothing about any other token.
 */
public final class EnrolmentTokens {
  /** How long an installer has to use one. */
  public static final Duration LIFETIME = Duration.ofHours(24);

  private static final DocumentFormat FORMAT = new DocumentFormat("bartizan-enrolment-token", 1);
  private static final String FOLDER = "tokens";
  private static final int BYTES = 32;
  private static final int MAX_LENGTH = 1024;

  private final SharedDirectory directory;
  private final Clock clock;

  public EnrolmentTokens(SharedDirectory directory, Clock clock) {
    this.directory = directory;
    this.clock = clock;
  }

  /**
   * What a token says.
   *
   * @param golden whether it admits a golden device
   */
  record Permission(Instant expiresAt, boolean golden) {}

  /** Makes one; the text is a secret that exists nowhere else. */
  public String create(SecureRandom random, Duration lifetime) throws IOException {
    return create(random, lifetime, false);
  }

  /** Makes one for a device that reference values are to be learned from: it gets no keys. */
  public String createGolden(SecureRandom random, Duration lifetime) throws IOException {
    return create(random, lifetime, true);
  }

  private String create(SecureRandom random, Duration lifetime, boolean golden) throws IOException {
    byte[] secret = new byte[BYTES];
    random.nextBytes(secret);
    String token = Base64Url.encode(secret);
    ObjectNode document =
        FORMAT.begin().put("expires_at", clock.instant().plus(lifetime).getEpochSecond());
    if (golden) {
      document.put("golden", true);
    }
    directory.writePrivate(file(digest(token)), StrictJson.writeIndented(document));
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
  Permission require(Digest token) throws IOException, Malformed, EnrolmentRefusal {
    Optional<byte[]> json = directory.find(file(token), MAX_LENGTH);
    if (json.isEmpty()) {
      throw bad();
    }
    Permission permission = read(json.get(), token);
    if (!clock.instant().isBefore(permission.expiresAt())) {
      throw bad();
    }
    return permission;
  }

  /** Spends it: of two who try at the same time, one succeeds. */
  Permission spend(Digest token) throws IOException, Refusal {
    return directory.exclusively(
        () -> {
          Permission permission = require(token);
          if (!directory.delete(file(token))) {
            throw bad();
          }
          return permission;
        });
  }

  private Permission read(byte[] json, Digest token) throws Malformed {
    String what = directory.path(file(token)).toString();
    JsonFields document = StrictJson.read(json, MAX_LENGTH, what);
    FORMAT.require(document, what);
    return new Permission(
        document.instant("expires_at"), document.has("golden") && document.flag("golden"));
  }

  static EnrolmentRefusal bad() {
    return new EnrolmentRefusal(Reason.BAD_TOKEN, "the enrolment token is not valid");
  }

  private static String file(Digest token) {
    return FOLDER + "/" + token.hex() + ".json";
  }
}
