// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.evidence;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.json.Base64Url;
import dev.bartizan.crypto.json.JsonFields;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.crypto.keystore.Ueid;
import java.time.Instant;
import java.util.Optional;

/**
 * The claims of a device's EAT (RFC 9711) under our profile.
 *
 * @param nonce the verifier's
 * @param ueid the device
 * @param issuedAt by the device's clock, in whole seconds
 * @param expiresAt when it stops being evidence
 * @param health what the agent says about itself
 * @param log what the agent's log replays to, when no quote binds the log to these claims
 */
public record EatClaims(
    Nonce nonce,
    Ueid ueid,
    Instant issuedAt,
    Instant expiresAt,
    HealthClaims health,
    Optional<Digest> log) {
  /**
   * The profile: JSON, ES256, key id by thumbprint, one nonce, bound to a TPM quote where there is
   * a TPM.
   */
  public static final String PROFILE = "tag:bartizan.dev,2026:health#1";

  static final String TYPE = "application/eat+jwt";

  static final int MAX_LENGTH = 64 * 1024;

  private static final String LOG = "bartizan.dev/log";
  private static final int MAX_NONCE = 64;
  private static final int MAX_TEXT = 100;

  ObjectNode toJson() {
    ObjectNode claims = StrictJson.object();
    claims.put("eat_profile", PROFILE).put("eat_nonce", Base64Url.encode(nonce.value()));
    claims.put("iat", issuedAt.getEpochSecond()).put("exp", expiresAt.getEpochSecond());
    claims.put("ueid", ueid.text());
    health.write(claims);
    log.ifPresent(replay -> claims.put(LOG, replay.hex()));
    return claims;
  }

  static EatClaims read(byte[] payload) throws Malformed {
    JsonFields claims = StrictJson.read(payload, MAX_LENGTH, "eat");
    if (!claims.text("eat_profile", MAX_TEXT).equals(PROFILE)) {
      throw new Malformed("eat.eat_profile is not " + PROFILE);
    }
    try {
      return new EatClaims(
          new Nonce(claims.base64url("eat_nonce", MAX_NONCE)),
          Ueid.parse(claims.text("ueid", MAX_TEXT)),
          claims.instant("iat"),
          claims.instant("exp"),
          HealthClaims.read(claims),
          claims.findDigest(LOG));
    } catch (IllegalArgumentException wrong) {
      throw new Malformed("eat: " + wrong.getMessage(), wrong);
    }
  }
}
