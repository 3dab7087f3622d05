// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.evidence;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.keystore.Ueid;
import dev.bartizan.protocol.cbor.Cbor;
import dev.bartizan.protocol.cbor.CborFields;
import dev.bartizan.protocol.cbor.CborMembers;
import dev.bartizan.protocol.cbor.Label;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Claims as the claims set of a CWT: the registered labels of RFC 8392 and RFC 9711, our own in the
 * range for private use.
 */
final class EatCbor {
  private static final Label EXPIRES = Label.of(4, "exp");
  private static final Label ISSUED = Label.of(6, "iat");
  private static final Label NONCE = Label.of(10, "eat_nonce");
  private static final Label UEID = Label.of(256, "ueid");
  private static final Label UPTIME = Label.of(261, "uptime");
  private static final Label PROFILE = Label.of(265, "eat_profile");
  private static final Label NAME = Label.of(270, "swname");
  private static final Label VERSION = Label.of(271, "swversion");
  private static final Label RESULTS = Label.of(274, "measres");
  private static final Label MODELS = Label.of(-75_001, "models");
  private static final Label KEYSTORE = Label.of(-75_002, "keystore");
  private static final Label POLICY = Label.of(-75_003, "policy");
  private static final Label HISTORY = Label.of(-75_004, "history");
  private static final Label COUNTERS = Label.of(-75_005, "counters");
  private static final Label LOG = Label.of(-75_006, "log");

  private static final int MAX_NONCE = 64;
  private static final int UEID_LENGTH = 33;
  private static final int MAX_TEXT = 100;
  private static final int MAX_MODELS = 64;
  private static final int MAX_CHECKS = 64;
  private static final int MAX_COUNTERS = 256;

  private EatCbor() {}

  static Bytes write(EatClaims claims) {
    HealthClaims health = claims.health();
    CborMembers members =
        new CborMembers()
            .put(PROFILE, EatClaims.PROFILE)
            .put(NONCE, claims.nonce().value())
            .put(ISSUED, claims.issuedAt().getEpochSecond())
            .put(EXPIRES, claims.expiresAt().getEpochSecond())
            .put(UEID, claims.ueid().value())
            .put(NAME, HealthClaims.SOFTWARE)
            .put(
                VERSION, Cbor.array(Cbor.of(health.agentVersion()), Cbor.of(HealthClaims.SEMANTIC)))
            .put(UPTIME, health.uptime().toSeconds())
            .put(KEYSTORE, health.keystore())
            .put(MODELS, new Cbor.Array(health.models().stream().map(ModelCbor::write).toList()))
            .put(COUNTERS, counters(health.counters()));
    if (!health.checks().isEmpty()) {
      members.put(RESULTS, results(health.checks()));
    }
    health.policy().ifPresent(digest -> members.put(POLICY, digest.value()));
    health.historyHead().ifPresent(head -> members.put(HISTORY, head.value()));
    claims.log().ifPresent(replay -> members.put(LOG, replay.value()));
    return members.map().write();
  }

  static EatClaims read(Bytes payload) throws Malformed {
    CborFields claims = CborFields.read(payload, EatClaims.MAX_LENGTH, "eat");
    if (!claims.text(PROFILE, MAX_TEXT).equals(EatClaims.PROFILE)) {
      throw new Malformed("eat.eat_profile is not " + EatClaims.PROFILE);
    }
    try {
      return new EatClaims(
          new Nonce(claims.octets(NONCE, MAX_NONCE)),
          new Ueid(claims.octets(UEID, UEID_LENGTH)),
          claims.instant(ISSUED),
          claims.instant(EXPIRES),
          health(claims),
          claims.findDigest(LOG));
    } catch (IllegalArgumentException wrong) {
      throw new Malformed("eat: " + wrong.getMessage(), wrong);
    }
  }

  private static HealthClaims health(CborFields claims) throws Malformed {
    List<ModelState> models = new ArrayList<>();
    for (Cbor model : claims.array(MODELS, MAX_MODELS)) {
      models.add(ModelCbor.read("eat.models[" + models.size() + "]", model));
    }
    return new HealthClaims(
        version(claims),
        Duration.ofSeconds(claims.number(UPTIME)),
        claims.text(KEYSTORE, MAX_TEXT),
        models,
        claims.has(RESULTS) ? checks(claims) : Map.of(),
        claims.findDigest(POLICY),
        claims.findDigest(HISTORY),
        counters(claims.map(COUNTERS)));
  }

  private static String version(CborFields claims) throws Malformed {
    List<Cbor> version = claims.array(VERSION, 2);
    if (version.isEmpty()) {
      throw new Malformed("eat.swversion is empty");
    }
    return CborFields.text("eat.swversion", version.get(0), MAX_TEXT);
  }

  /** One system, the agent itself: {@code [[name, [[check, result], ...]]]}. */
  private static Cbor results(Map<String, HealthClaims.Outcome> checks) {
    List<Cbor> results = new ArrayList<>();
    checks.forEach(
        (name, outcome) -> results.add(Cbor.array(Cbor.of(name), Cbor.of(outcome.number()))));
    return Cbor.array(Cbor.array(Cbor.of(HealthClaims.OWN_CHECKS), new Cbor.Array(results)));
  }

  private static Map<String, HealthClaims.Outcome> checks(CborFields claims) throws Malformed {
    String at = "eat.measres";
    Map<String, HealthClaims.Outcome> checks = new TreeMap<>();
    for (Cbor system : claims.array(RESULTS, 1)) {
      for (Cbor result : CborFields.array(at, pair(at, system).get(1), MAX_CHECKS)) {
        List<Cbor> named = pair(at, result);
        checks.put(
            CborFields.text(at, named.get(0), MAX_TEXT),
            HealthClaims.Outcome.read(CborFields.number(at, named.get(1))));
      }
    }
    return checks;
  }

  private static List<Cbor> pair(String at, Cbor item) throws Malformed {
    List<Cbor> pair = CborFields.array(at, item, 2);
    if (pair.size() != 2) {
      throw new Malformed(at + " is not a pair");
    }
    return pair;
  }

  private static Cbor counters(Map<String, Long> counters) {
    CborMembers members = new CborMembers();
    counters.forEach((name, value) -> members.put(Label.of(name), value));
    return members.map();
  }

  private static Map<String, Long> counters(CborFields counters) throws Malformed {
    Map<String, Long> values = new TreeMap<>();
    for (Map.Entry<Cbor, Cbor> counter : counters.members(MAX_COUNTERS).entrySet()) {
      String name = CborFields.text("eat.counters", counter.getKey(), MAX_TEXT);
      values.put(name, CborFields.number("eat.counters." + name, counter.getValue()));
    }
    return values;
  }
}
