// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.evidence;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.json.JsonFields;
import dev.bartizan.crypto.json.Malformed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What the agent says about itself. Signed, but its own word: only what the TPM quoted besides is
 * proved.
 *
 * @param agentVersion semantic version
 * @param uptime of the agent, in whole seconds
 * @param keystore what holds the keys: {@code tpm2}, {@code pkcs11}, {@code software}
 * @param models all models on the device
 * @param checks the agent's own checks by name
 * @param policy digest of the policy in force
 * @param historyHead head of the hash-chained update history
 * @param counters requests, errors, bytes: names and values
 */
public record HealthClaims(
    String agentVersion,
    Duration uptime,
    String keystore,
    List<ModelState> models,
    Map<String, Outcome> checks,
    Optional<Digest> policy,
    Optional<Digest> historyHead,
    Map<String, Long> counters) {
  /** Of one check ({@code measres} of RFC 9711). */
  public enum Outcome {
    SUCCESS("success"),
    FAIL("fail"),
    NOT_RUN("not-run"),
    ABSENT("absent");

    private final String text;

    Outcome(String text) {
      this.text = text;
    }

    public String text() {
      return text;
    }

    private static Outcome read(String text) throws Malformed {
      for (Outcome outcome : values()) {
        if (outcome.text.equals(text)) {
          return outcome;
        }
      }
      throw new Malformed("measres has a result RFC 9711 does not have");
    }
  }

  private static final String SOFTWARE = "bartizan";
  private static final String OWN_CHECKS = "bartizan:self";
  private static final String MODELS = "bartizan.dev/models";
  private static final String KEYSTORE = "bartizan.dev/keystore";
  private static final String POLICY = "bartizan.dev/policy";
  private static final String HISTORY = "bartizan.dev/history";
  private static final String COUNTERS = "bartizan.dev/counters";
  private static final int SEMVER = 16_384;
  private static final int MAX_TEXT = 100;
  private static final int MAX_MODELS = 64;
  private static final int MAX_CHECKS = 64;
  private static final int MAX_COUNTERS = 256;

  public HealthClaims {
    models = List.copyOf(models);
    checks = Collections.unmodifiableMap(new TreeMap<>(checks));
    counters = Collections.unmodifiableMap(new TreeMap<>(counters));
  }

  void write(ObjectNode claims) {
    claims.put("swname", SOFTWARE);
    claims.putArray("swversion").add(agentVersion).add(SEMVER);
    claims.put("uptime", uptime.toSeconds());
    claims.put(KEYSTORE, keystore);
    if (!checks.isEmpty()) {
      writeChecks(claims.putArray("measres").addArray().add(OWN_CHECKS).addArray());
    }
    ArrayNode components = claims.putArray(MODELS);
    models.forEach(model -> model.write(components.addObject()));
    policy.ifPresent(digest -> claims.put(POLICY, digest.hex()));
    historyHead.ifPresent(head -> claims.put(HISTORY, head.hex()));
    ObjectNode values = claims.putObject(COUNTERS);
    counters.forEach(values::put);
  }

  static HealthClaims read(JsonFields claims) throws Malformed {
    List<ModelState> models = new ArrayList<>();
    for (JsonFields model : claims.objects(MODELS, MAX_MODELS)) {
      models.add(ModelState.read(model));
    }
    return new HealthClaims(
        readVersion(claims),
        Duration.ofSeconds(claims.number("uptime")),
        claims.text(KEYSTORE, MAX_TEXT),
        models,
        claims.has("measres") ? readChecks(claims.array("measres", 1)) : Map.of(),
        claims.findDigest(POLICY),
        claims.findDigest(HISTORY),
        readCounters(claims.object(COUNTERS)));
  }

  private void writeChecks(ArrayNode results) {
    checks.forEach((name, outcome) -> results.addArray().add(name).add(outcome.text()));
  }

  private static String readVersion(JsonFields claims) throws Malformed {
    List<JsonNode> version = claims.array("swversion", 2);
    if (version.isEmpty() || !version.get(0).asText().matches("\\P{Cntrl}{1,100}")) {
      throw new Malformed("swversion is not [text, scheme]");
    }
    return version.get(0).asText();
  }

  private static Map<String, Outcome> readChecks(List<JsonNode> systems) throws Malformed {
    Map<String, Outcome> checks = new TreeMap<>();
    for (JsonNode system : systems) {
      if (system.path(1).size() > MAX_CHECKS) {
        throw new Malformed("measres has more than " + MAX_CHECKS + " results");
      }
      for (JsonNode result : system.path(1)) {
        checks.put(result.path(0).asText(), Outcome.read(result.path(1).asText()));
      }
    }
    return checks;
  }

  private static Map<String, Long> readCounters(JsonFields counters) throws Malformed {
    if (counters.names().size() > MAX_COUNTERS) {
      throw new Malformed("more than " + MAX_COUNTERS + " counters");
    }
    Map<String, Long> values = new TreeMap<>();
    for (String name : counters.names()) {
      values.put(name, counters.number(name));
    }
    return values;
  }
}
