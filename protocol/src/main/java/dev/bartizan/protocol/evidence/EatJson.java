// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.evidence;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.json.Base64Url;
import dev.bartizan.crypto.json.StrictJson;

/** Claims as RFC 9711 writes them in JSON: for people and their tools. Signed nowhere. */
final class EatJson {
  private static final String SHA_256 = "sha-256";
  private static final String PRIVATE = "bartizan.dev/";

  private EatJson() {}

  static ObjectNode write(EatClaims claims) {
    HealthClaims health = claims.health();
    ObjectNode json = StrictJson.object();
    json.put("eat_profile", EatClaims.PROFILE);
    json.put("eat_nonce", Base64Url.encode(claims.nonce().value()));
    json.put("iat", claims.issuedAt().getEpochSecond());
    json.put("exp", claims.expiresAt().getEpochSecond());
    json.put("ueid", claims.ueid().text());
    json.put("swname", HealthClaims.SOFTWARE);
    json.putArray("swversion").add(health.agentVersion()).add(HealthClaims.SEMANTIC);
    json.put("uptime", health.uptime().toSeconds());
    json.put(PRIVATE + "keystore", health.keystore());
    if (!health.checks().isEmpty()) {
      writeChecks(health, json.putArray("measres"));
    }
    ArrayNode models = json.putArray(PRIVATE + "models");
    health.models().forEach(model -> write(model, models.addObject()));
    health.policy().ifPresent(digest -> json.put(PRIVATE + "policy", digest.hex()));
    health.historyHead().ifPresent(head -> json.put(PRIVATE + "history", head.hex()));
    ObjectNode counters = json.putObject(PRIVATE + "counters");
    health.counters().forEach(counters::put);
    claims.log().ifPresent(replay -> json.put(PRIVATE + "log", replay.hex()));
    return json;
  }

  private static void writeChecks(HealthClaims health, ArrayNode systems) {
    ArrayNode results = systems.addArray().add(HealthClaims.OWN_CHECKS).addArray();
    health.checks().forEach((name, outcome) -> results.addArray().add(name).add(outcome.text()));
  }

  private static void write(ModelState model, ObjectNode json) {
    json.putArray("id")
        .add(model.name())
        .addArray()
        .add(model.version())
        .add(HealthClaims.SEMANTIC);
    json.putArray("digested-measurement")
        .add(SHA_256)
        .add(Base64Url.encode(model.release().value()));
    json.put("state", model.state().text()).put("serves", model.serves());
  }
}
