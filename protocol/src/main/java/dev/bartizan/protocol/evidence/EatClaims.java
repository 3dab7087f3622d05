// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.evidence;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.Digest;
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
   * The profile: CBOR in its deterministic encoding, COSE_Sign1 with ES256, the key found by the
   * ueid, one nonce, bound to a TPM quote where there is a TPM.
   */
  public static final String PROFILE = "tag:bartizan.dev,2026:health#2";

  static final String TYPE = "application/eat+cwt";

  static final int MAX_LENGTH = 64 * 1024;

  /** For people; what is signed is CBOR. */
  public ObjectNode toJson() {
    return EatJson.write(this);
  }
}
