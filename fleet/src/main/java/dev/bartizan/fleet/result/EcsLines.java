// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.result;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.json.Base64Url;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.protocol.result.AttestationResult;
import dev.bartizan.protocol.result.AttestationResult.Reason;
import dev.bartizan.protocol.result.TrustTier;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Results as JSON lines with the field names of the Elastic Common Schema, 8.11: one event for the
 * result, and one for each of its reasons, an alert if it makes the status worse. Dots in names are
 * objects.
 */
public final class EcsLines {
  private static final String VERSION = "8.11.0";

  private EcsLines() {}

  /** The lines of {@code result}, without line feeds, as of {@code now}. */
  public static List<String> of(AttestationResult result, Instant now) {
    List<String> lines = new ArrayList<>();
    lines.add(line(answer(result, now)));
    for (int index = 0; index < result.reasons().size(); index++) {
      lines.add(line(finding(result, index, now)));
    }
    return List.copyOf(lines);
  }

  private static ObjectNode answer(AttestationResult result, Instant now) {
    ObjectNode document = begin(result);
    document.put("message", "attestation of " + result.ueid() + ": " + result.status().text());
    event(document)
        .put("kind", "event")
        .put("id", id(result))
        .put("action", "attestation-result")
        .put("outcome", outcome(result, now))
        .put("severity", severity(result.status()));
    ObjectNode labels = labels(document, result, now);
    result
        .vector()
        .forEach(
            (claim, value) -> labels.put(claim.text().replace('-', '_'), String.valueOf(value)));
    return document;
  }

  private static ObjectNode finding(AttestationResult result, int index, Instant now) {
    Reason reason = result.reasons().get(index);
    boolean isWorse = reason.tier().compareTo(TrustTier.AFFIRMING) > 0;
    ObjectNode document = begin(result);
    document.put("message", result.ueid() + ": " + reason.code() + ": " + reason.detail());
    event(document)
        .put("kind", isWorse ? "alert" : "event")
        .put("id", id(result) + "-" + (index + 1))
        .put("action", "attestation-finding")
        .put("code", reason.code())
        .put("reason", reason.detail())
        .put("outcome", isWorse ? "failure" : "unknown")
        .put("severity", severity(reason.tier()));
    document
        .putObject("rule")
        .put("name", reason.code())
        .put("ruleset", "ni:///sha-256;" + Base64Url.encode(result.policy().value()));
    ObjectNode labels = labels(document, result, now).put("finding_tier", reason.tier().text());
    reason
        .compared()
        .ifPresent(
            it ->
                labels
                    .put("component", it.component())
                    .put("expected", it.expected())
                    .put("found", it.found()));
    return document;
  }

  /** What all lines of one result have in common. */
  private static ObjectNode begin(AttestationResult result) {
    ObjectNode document = StrictJson.object().put("@timestamp", result.issuedAt().toString());
    document.putObject("ecs").put("version", VERSION);
    document.putObject("host").put("id", result.ueid().text());
    document.putObject("device").put("id", result.ueid().text());
    document.putObject("observer").put("product", "Bartizan").put("type", "verifier");
    return document;
  }

  private static ObjectNode event(ObjectNode document) {
    ObjectNode event = document.putObject("event").put("module", "bartizan");
    event.put("dataset", "bartizan.attestation").put("provider", "bartizan-fleet");
    event.putArray("category").add("host");
    event.putArray("type").add("info");
    return event;
  }

  /** Labels are keywords, all of them, and have no dots in their names. */
  private static ObjectNode labels(ObjectNode document, AttestationResult result, Instant now) {
    return document
        .putObject("labels")
        .put("status", result.status().text())
        .put("nonce", result.nonce().toString())
        .put("expires_at", result.expiresAt().toString())
        .put("stale", String.valueOf(isStale(result, now)));
  }

  /** Whether nobody may rely on it any more. */
  static boolean isStale(AttestationResult result, Instant now) {
    return !now.isBefore(result.expiresAt());
  }

  private static String id(AttestationResult result) {
    return Base64Url.encode(result.nonce().value());
  }

  /** Who does not know says so: a warning is no success, and an old answer none at all. */
  private static String outcome(AttestationResult result, Instant now) {
    if (isStale(result, now)) {
      return "unknown";
    }
    return switch (result.status()) {
      case AFFIRMING -> "success";
      case CONTRAINDICATED -> "failure";
      case NONE, WARNING -> "unknown";
    };
  }

  /** The values at which AR4SI's tiers begin. */
  private static int severity(TrustTier tier) {
    return switch (tier) {
      case NONE -> 0;
      case AFFIRMING -> 2;
      case WARNING -> 32;
      case CONTRAINDICATED -> 96;
    };
  }

  private static String line(ObjectNode document) {
    return new String(StrictJson.write(document), StandardCharsets.UTF_8);
  }
}
