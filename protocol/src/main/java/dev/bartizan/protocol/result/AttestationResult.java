// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.result;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.json.Base64Url;
import dev.bartizan.crypto.json.JsonFields;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.crypto.keystore.Ueid;
import dev.bartizan.protocol.evidence.Nonce;
import dev.bartizan.protocol.jws.BadSignature;
import dev.bartizan.protocol.jws.CompactJws;
import dev.bartizan.protocol.jws.StatementKey;
import dev.bartizan.protocol.jws.StatementSigner;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A verifier's answer: an EAT attestation result (draft-ietf-rats-ear-04) about one device.
 *
 * @param ueid the device the evidence named; its identity is as good as {@code vector} says
 * @param nonce of the evidence
 * @param issuedAt in whole seconds
 * @param expiresAt until when a relying party may rely on it
 * @param status never better than the worst of {@code vector}
 * @param vector the claims that could be judged; what could not is absent
 * @param reasons why the status is not better: AR4SI alone is too coarse to act on
 * @param policy digest of the rules and reference values that were applied
 */
public record AttestationResult(
    Ueid ueid,
    Nonce nonce,
    Instant issuedAt,
    Instant expiresAt,
    TrustTier status,
    Map<TrustClaim, Integer> vector,
    List<Reason> reasons,
    Digest policy) {
  /** The EAR profile we write and read. */
  public static final String PROFILE = "tag:ietf.org,2026:rats/ear#04";

  private static final String TYPE = "JWT";
  private static final String SUBMODULE = "bartizan";
  private static final int MAX_LENGTH = 64 * 1024;
  private static final int MAX_TEXT = 200;
  private static final int MAX_REASON = 1000;
  private static final int MAX_REASONS = 100;
  private static final int MAX_NONCE = 64;

  /**
   * One thing that is not as it should be.
   *
   * @param tier how bad it is
   * @param code stable, upper-case
   * @param detail for people: expected and found
   * @param compared the same for programs, where something was compared
   */
  public record Reason(TrustTier tier, String code, String detail, Optional<Compared> compared) {
    public Reason(TrustTier tier, String code, String detail) {
      this(tier, code, detail, Optional.empty());
    }

    public Reason(TrustTier tier, String code, Compared compared) {
      this(tier, code, compared.detail(), Optional.of(compared));
    }

    /** One of the two: the words follow from what was compared. */
    private void write(ObjectNode reason) {
      reason.put("tier", tier.text()).put("code", code);
      compared.ifPresentOrElse(it -> it.write(reason), () -> reason.put("detail", detail));
    }

    private static Reason read(JsonFields reason) throws Malformed {
      TrustTier tier = TrustTier.read(reason.text("tier", MAX_TEXT));
      String code = reason.text("code", MAX_TEXT);
      Optional<Compared> compared = Compared.find(reason);
      return compared.isPresent()
          ? new Reason(tier, code, compared.get())
          : new Reason(tier, code, reason.text("detail", MAX_REASON));
    }
  }

  public AttestationResult {
    vector = Collections.unmodifiableMap(sorted(vector));
    reasons = List.copyOf(reasons);
    for (int value : vector.values()) {
      if (TrustTier.of(value).compareTo(status) > 0) {
        throw new IllegalArgumentException("a status better than its worst claim");
      }
    }
  }

  /** The claims set, unsigned. */
  public ObjectNode toJson() {
    ObjectNode claims = StrictJson.object();
    claims.put("eat_profile", PROFILE);
    claims.put("iat", issuedAt.getEpochSecond()).put("exp", expiresAt.getEpochSecond());
    claims
        .putObject("ear_verifier_id")
        .put("developer", "https://bartizan.dev")
        .put("build", "bartizan-fleet");
    claims.put("ear_status", status.text());
    writeAppraisal(claims.putObject("submods").putObject(SUBMODULE));
    return claims;
  }

  /** The result as a JWT under the verifier's key. */
  public String sign(StatementSigner verifier) throws IOException, Refusal {
    return CompactJws.sign(verifier, CompactJws.signingInput(verifier.key(), TYPE, toJson()));
  }

  /**
   * A relying party's check: the verifier's signature over the bytes received, then its content.
   * The caller still compares {@link #nonce} and {@link #expiresAt}.
   */
  public static AttestationResult accept(String jwt, StatementKey verifier)
      throws Malformed, BadSignature {
    if (jwt.length() > MAX_LENGTH) {
      throw new Malformed("attestation result has more than " + MAX_LENGTH + " characters");
    }
    CompactJws jws = CompactJws.parse(jwt, "attestation result");
    if (!jws.type().equals(TYPE)) {
      throw new Malformed("attestation result header.typ is not " + TYPE);
    }
    return read(StrictJson.read(jws.payload(verifier), MAX_LENGTH, "attestation result"));
  }

  private void writeAppraisal(ObjectNode appraisal) {
    appraisal.put("ear_status", status.text());
    ObjectNode values = appraisal.putObject("ear_trustworthiness_vector");
    vector.forEach((claim, value) -> values.put(claim.text(), value));
    appraisal
        .putArray("ear_appraisal_policy_ids")
        .add("ni:///sha-256;" + Base64Url.encode(policy.value()));
    appraisal.put("eat_nonce", Base64Url.encode(nonce.value()));
    appraisal.putObject("ear_attester_claims").put("ueid", ueid.text());
    ArrayNode list = appraisal.putObject("ear_verifier_claims").putArray("reasons");
    for (Reason reason : reasons) {
      reason.write(list.addObject());
    }
  }

  private static AttestationResult read(JsonFields claims) throws Malformed {
    if (!claims.text("eat_profile", MAX_TEXT).equals(PROFILE)) {
      throw new Malformed("attestation result.eat_profile is not " + PROFILE);
    }
    JsonFields appraisal = claims.object("submods").object(SUBMODULE);
    try {
      return new AttestationResult(
          Ueid.parse(appraisal.object("ear_attester_claims").text("ueid", MAX_TEXT)),
          new Nonce(appraisal.base64url("eat_nonce", MAX_NONCE)),
          claims.instant("iat"),
          claims.instant("exp"),
          TrustTier.read(appraisal.text("ear_status", MAX_TEXT)),
          readVector(appraisal.object("ear_trustworthiness_vector")),
          readReasons(appraisal.object("ear_verifier_claims")),
          readPolicy(appraisal.texts("ear_appraisal_policy_ids", 1, MAX_TEXT)));
    } catch (IllegalArgumentException wrong) {
      throw new Malformed("attestation result: " + wrong.getMessage(), wrong);
    }
  }

  private static Map<TrustClaim, Integer> readVector(JsonFields values) throws Malformed {
    Map<TrustClaim, Integer> vector = new EnumMap<>(TrustClaim.class);
    for (String name : values.names()) {
      TrustClaim claim =
          TrustClaim.find(name).orElseThrow(() -> new Malformed("AR4SI has no such claim"));
      vector.put(claim, (int) Math.min(values.number(name), Byte.MAX_VALUE));
    }
    return vector;
  }

  private static List<Reason> readReasons(JsonFields claims) throws Malformed {
    List<Reason> reasons = new ArrayList<>();
    for (JsonFields reason : claims.objects("reasons", MAX_REASONS)) {
      reasons.add(Reason.read(reason));
    }
    return reasons;
  }

  private static Digest readPolicy(List<String> ids) throws Malformed {
    String prefix = "ni:///sha-256;";
    if (ids.size() != 1 || !ids.get(0).startsWith(prefix)) {
      throw new Malformed("attestation result names no policy by its digest");
    }
    Bytes digest = Base64Url.decode(ids.get(0).substring(prefix.length()), "policy id");
    return new Digest(digest);
  }

  private static Map<TrustClaim, Integer> sorted(Map<TrustClaim, Integer> vector) {
    Map<TrustClaim, Integer> sorted = new EnumMap<>(TrustClaim.class);
    sorted.putAll(vector);
    return sorted;
  }
}
