// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.vectors;

import static dev.bartizan.protocol.vectors.DocumentVectors.DEVICE;
import static dev.bartizan.protocol.vectors.DocumentVectors.NOW;
import static dev.bartizan.protocol.vectors.DocumentVectors.SIGNER;
import static dev.bartizan.protocol.vectors.DocumentVectors.STRANGER;
import static dev.bartizan.protocol.vectors.DocumentVectors.digest;
import static dev.bartizan.protocol.vectors.DocumentVectors.text;
import static java.nio.charset.StandardCharsets.US_ASCII;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.crypto.tpm.TpmHash;
import dev.bartizan.protocol.evidence.AgentEvent;
import dev.bartizan.protocol.evidence.AgentLog;
import dev.bartizan.protocol.evidence.CompactEvidence;
import dev.bartizan.protocol.evidence.EatClaims;
import dev.bartizan.protocol.evidence.Evidence;
import dev.bartizan.protocol.evidence.HealthClaims;
import dev.bartizan.protocol.evidence.MachineSettings;
import dev.bartizan.protocol.evidence.ModelState;
import dev.bartizan.protocol.evidence.Nonce;
import dev.bartizan.protocol.evidence.SampleEvidence;
import dev.bartizan.protocol.result.AttestationResult;
import dev.bartizan.protocol.result.Compared;
import dev.bartizan.protocol.result.TrustClaim;
import dev.bartizan.protocol.result.TrustTier;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a device shows, and what a verifier answers. */
final class EvidenceVectors {
  private static final String HEADING = "Evidence";
  private static final Nonce NONCE = new Nonce(Bytes.ofHex("5a".repeat(32)));
  private static final List<AgentEvent> EVENTS =
      List.of(
          new AgentEvent(AgentEvent.Kind.SOFTWARE, digest("software.json"), "agent 1.0.0"),
          AgentEvent.model("defect", "2.1.0", digest("release.json")));
  private static final AgentLog LOG = new AgentLog(13, EVENTS);

  private EvidenceVectors() {}

  static List<Format> formats() throws Exception {
    return List.of(
        new Format("agent-log", HEADING, log(), EvidenceVectors::readLog),
        new Format("evidence-file", HEADING, file(), document -> claims(Evidence.read(document))),
        new Format(
            "evidence-wire",
            HEADING,
            wire(),
            document ->
                claims(
                    CompactEvidence.read(Bytes.of(document)).complete(name -> Optional.empty()))),
        new Format("attestation-result", HEADING, result(), EvidenceVectors::readResult));
  }

  private static final AgentLog SET =
      LOG.plus(new MachineSettings(Map.of("swap", "none", "ptrace", "2")).event());

  private static Vectors log() {
    AgentLog other = new AgentLog(TpmHash.SHA384, 12, EVENTS);
    return new Vectors()
        .valid("two measurements", text(LOG.write()), replayed(LOG))
        .valid("the same in the SHA-384 bank", text(other.write()), replayed(other))
        .valid("with settings of the machine", text(SET.write()), replayed(SET))
        .valid("none yet", text(AgentLog.empty(13).write()), replayed(AgentLog.empty(13)))
        .changed("a later schema", "bartizan-agent-log/1", "bartizan-agent-log/2", "schema")
        .changed("another version than was measured", "defect 2.1.0", "defect 2.1.1", "digest")
        .changed("a record too few", "\"recnum\":1", "\"recnum\":2", "out of order")
        .changed("a PCR that does not exist", "\"pcr\":13", "\"pcr\":24", "agent log")
        .asJson();
  }

  private static ObjectNode readLog(byte[] document) throws Refusal {
    return replayed(AgentLog.read(document));
  }

  private static ObjectNode replayed(AgentLog log) {
    ObjectNode values = StrictJson.object().put("bank", log.bank().text()).put("pcr", log.pcr());
    return values.put("replay", log.replay().hex()).put("claimed_digest", log.digest().hex());
  }

  private static Evidence evidence() throws Exception {
    HealthClaims health =
        new HealthClaims(
            "1.0.0",
            Duration.ofMinutes(2),
            "software",
            List.of(
                new ModelState("defect", "2.1.0", digest("release.json"), ModelState.State.ACTIVE)),
            Map.of("history", HealthClaims.Outcome.SUCCESS),
            Optional.of(digest("policy.json")),
            Optional.of(digest("head")),
            Map.of("inferences", 7L));
    EatClaims claims =
        new EatClaims(
            NONCE, DEVICE, NOW, NOW.plus(Duration.ofMinutes(5)), health, Optional.of(LOG.digest()));
    return SampleEvidence.of(claims, LOG, SIGNER);
  }

  private static Vectors signed() throws Exception {
    Vectors vectors = new Vectors();
    vectors.given().set("identity_key", SIGNER.key().toJwkTree());
    return vectors;
  }

  private static Vectors file() throws Exception {
    String collection = "tag:bartizan.dev,2026:evidence#2";
    return signed()
        .valid("without a chip", text(evidence().write()), claims(evidence()))
        .changed("another collection", collection, collection.replace("#2", "#3"), "collection")
        .changed("no claims", "\"eat\"", "\"ate\"", "eat")
        .changed("no log", "\"agent-log\"", "\"agent-lag\"", "agent-log")
        .asJson();
  }

  private static Vectors wire() throws Exception {
    byte[] good = CompactEvidence.of(evidence()).write().toArray();
    return signed()
        .valid("without a chip", good, claims(evidence()))
        .refused("not all of it", Arrays.copyOf(good, good.length - 1), Vectors.ANYTHING)
        .refused("a byte behind it", Arrays.copyOf(good, good.length + 1), Vectors.ANYTHING)
        .refused("a list", Bytes.ofHex("80").toArray(), Vectors.ANYTHING)
        .refused("a map of no length", Bytes.ofHex("bfff").toArray(), Vectors.ANYTHING)
        .refused("nothing", new byte[0], Vectors.ANYTHING);
  }

  /** Verified under the identity key, then what they say. */
  private static ObjectNode claims(Evidence evidence) throws Refusal {
    EatClaims claims = evidence.claims(SIGNER.key());
    ObjectNode values = claims.toJson();
    values.put("quote_qualification", evidence.qualification(NONCE).hex());
    values.put("log_replay", evidence.log().replay().hex());
    return values;
  }

  private static Vectors result() throws Exception {
    AttestationResult result =
        new AttestationResult(
            DEVICE,
            NONCE,
            NOW,
            NOW.plus(Duration.ofMinutes(5)),
            TrustTier.WARNING,
            Map.of(TrustClaim.EXECUTABLES, 2, TrustClaim.HARDWARE, 32),
            List.of(
                new AttestationResult.Reason(TrustTier.WARNING, "NO_QUOTE", "no chip"),
                new AttestationResult.Reason(
                    TrustTier.WARNING,
                    "PCR_MISMATCH",
                    new Compared("pcr sha256:7", "1".repeat(64), "2".repeat(64)))),
            digest("policy.json"));
    String good = result.sign(SIGNER);
    int end = good.lastIndexOf('.');
    Vectors vectors = new Vectors();
    vectors.given().set("verifier_key", SIGNER.key().toJwkTree());
    return vectors
        .valid("a warning", good, read(result))
        .refused("by another verifier", result.sign(STRANGER), "BAD_SIGNATURE")
        .refused("a changed signature", good.substring(0, good.length() - 4) + "AAAA", "BAD_SIG")
        .refused("without its signature", good.substring(0, end), "MALFORMED")
        .refused("longer than 64 KiB", good + "A".repeat(64 * 1024), "MALFORMED")
        .refused("nothing", "", "MALFORMED");
  }

  private static ObjectNode readResult(byte[] document) throws IOException, Refusal {
    return read(AttestationResult.accept(new String(document, US_ASCII), SIGNER.key()));
  }

  private static ObjectNode read(AttestationResult result) {
    ObjectNode values = StrictJson.object().put("ueid", result.ueid().text());
    values.put("nonce", result.nonce().value().hex()).put("status", result.status().text());
    values.put("iat", result.issuedAt().getEpochSecond());
    values.put("exp", result.expiresAt().getEpochSecond());
    values.put("policy", result.policy().hex());
    result.vector().forEach((claim, value) -> values.put(claim.text(), value));
    result.reasons().forEach(reason -> values.put(reason.code(), reason.detail()));
    return values;
  }
}
