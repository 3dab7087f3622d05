// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.verify;

import static dev.bartizan.protocol.result.TrustClaim.HARDWARE;
import static dev.bartizan.protocol.result.TrustClaim.INSTANCE_IDENTITY;
import static dev.bartizan.protocol.result.TrustClaim.STORAGE_OPAQUE;

import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.keystore.Quote;
import dev.bartizan.crypto.tpm.ClockReading;
import dev.bartizan.crypto.tpm.QuoteAttest;
import dev.bartizan.crypto.tpm.TpmPublic;
import dev.bartizan.crypto.tpm.TpmRefusal;
import dev.bartizan.crypto.tpm.TpmSignature;
import dev.bartizan.fleet.device.Device;
import dev.bartizan.fleet.device.KnownDevices;
import dev.bartizan.protocol.evidence.EatClaims;
import dev.bartizan.protocol.evidence.Evidence;
import dev.bartizan.protocol.evidence.Nonce;
import dev.bartizan.protocol.jws.BadSignature;
import dev.bartizan.protocol.jws.StatementKey;
import dev.bartizan.protocol.result.AttestationResult;
import dev.bartizan.protocol.result.TrustTier;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * Appraises evidence. The order is the argument: first who speaks, then that the chip spoke now and
 * of these claims, then what the chip's values mean.
 */
public final class Verifier {
  private static final Duration VALIDITY = Duration.ofHours(1);
  private static final Duration CLOCK_SKEW = Duration.ofMinutes(5);

  /** Values of AR4SI. */
  private static final int TRUSTED = 2;

  /** The mildest warning. */
  private static final int UNPROVED = 32;

  private static final int UNTRUSTWORTHY = 96;
  private static final int UNRECOGNISED = 97;
  private static final int CRYPTO_FAILED = 99;

  private final KnownDevices registry;
  private final AppraisalPolicy policy;

  public Verifier(KnownDevices registry, AppraisalPolicy policy) {
    this.registry = registry;
    this.policy = policy;
  }

  /**
   * The answer for {@code evidence}, which was asked for with {@code nonce}.
   *
   * @throws Refusal when the claims, or what is kept of the device, cannot even be read
   * @throws IOException when the registry cannot be asked
   */
  public Appraisal appraise(Evidence evidence, Nonce nonce, Instant now)
      throws Refusal, IOException {
    Findings findings = new Findings();
    policy.caveats(now).forEach(findings::note);
    EatClaims claimed = evidence.unverifiedClaims();
    Optional<Device> device = registry.find(claimed.ueid());
    Optional<Device.BootCounts> boot = Optional.empty();
    if (device.isEmpty()) {
      findings.bad(
          INSTANCE_IDENTITY, UNRECOGNISED, "UNKNOWN_DEVICE", "never enrolled: " + claimed.ueid());
    } else {
      boot = appraise(evidence, device.get(), nonce, now, findings);
    }
    return new Appraisal(result(claimed, nonce, now, findings), boot);
  }

  /** Stops at the first signature that fails: what it would cover means nothing then. */
  private Optional<Device.BootCounts> appraise(
      Evidence evidence, Device device, Nonce nonce, Instant now, Findings findings)
      throws Malformed {
    judgeStanding(device, findings);
    judgeCertificate(device.identity(), now, findings);
    judgeEndorsement(device, findings);
    try {
      EatClaims claims = evidence.claims(StatementKey.of(device.identity().getPublicKey()));
      if (device.chip().isEmpty()) {
        appraiseWithoutChip(evidence, claims, device, nonce, now, findings);
        return Optional.empty();
      }
      if (evidence.quote().isEmpty()) {
        findings.bad(
            INSTANCE_IDENTITY, CRYPTO_FAILED, "NO_QUOTE", "a device with a TPM sent no quote");
        return Optional.empty();
      }
      QuoteAttest quote = quote(evidence.quote().get(), device.chip().get(), findings);
      if (!judgeBinding(evidence, claims, quote, nonce, findings)) {
        return Optional.empty();
      }
      judgeTime(claims, now, findings);
      Device.BootCounts boot = judgeBoot(quote.header().clock(), device, findings);
      findings.good(HARDWARE, TRUSTED);
      findings.good(STORAGE_OPAQUE, TRUSTED);
      new MeasurementAppraisal(policy, findings).judge(evidence, quote, claims, device.profile());
      return Optional.of(boot);
    } catch (BadSignature bad) {
      findings.bad(INSTANCE_IDENTITY, CRYPTO_FAILED, "BAD_CLAIMS_SIGNATURE", text(bad));
    } catch (TpmRefusal bad) {
      findings.bad(INSTANCE_IDENTITY, CRYPTO_FAILED, "BAD_QUOTE", text(bad));
    }
    return Optional.empty();
  }

  private static void judgeStanding(Device device, Findings findings) {
    switch (device.state()) {
      case ENROLLED -> findings.good(INSTANCE_IDENTITY, TRUSTED);
      case QUARANTINED ->
          findings.bad(INSTANCE_IDENTITY, UNTRUSTWORTHY, "QUARANTINED", "by the operator");
      case REVOKED -> findings.bad(INSTANCE_IDENTITY, UNTRUSTWORTHY, "REVOKED", "by the operator");
      case DECOMMISSIONED ->
          findings.bad(INSTANCE_IDENTITY, UNTRUSTWORTHY, "DECOMMISSIONED", "by the operator");
    }
  }

  /** Said in every result, whatever else is found: a maker's word is what hardware rests on. */
  private static void judgeEndorsement(Device device, Findings findings) {
    if (device.chip().filter(Device.Chip::isWithoutCertificate).isPresent()) {
      String detail = "no maker has certified this chip; the operator allowed its key";
      findings.bad(HARDWARE, UNPROVED, Device.NO_EK_CERTIFICATE, detail);
      findings.bad(STORAGE_OPAQUE, UNPROVED, Device.NO_EK_CERTIFICATE, detail);
    }
  }

  /** Credentials are short-lived so that whoever is not given new ones is somebody no more. */
  private static void judgeCertificate(X509Certificate identity, Instant now, Findings findings) {
    Instant begin = identity.getNotBefore().toInstant();
    Instant end = identity.getNotAfter().toInstant();
    if (now.isAfter(end)) {
      findings.bad(
          INSTANCE_IDENTITY, UNPROVED, "IDENTITY_EXPIRED", "the device's certificate ended " + end);
    }
    if (now.plus(CLOCK_SKEW).isBefore(begin)) {
      findings.bad(
          INSTANCE_IDENTITY, UNPROVED, "IDENTITY_NOT_YET_VALID", "its certificate begins " + begin);
    }
  }

  /** By the key that was enrolled; the one in the evidence is for people, and must be the same. */
  private static QuoteAttest quote(Quote quote, Device.Chip chip, Findings findings)
      throws TpmRefusal {
    if (!quote.attestationKey().equals(chip.attestationKey())) {
      findings.bad(
          INSTANCE_IDENTITY,
          CRYPTO_FAILED,
          "ANOTHER_ATTESTATION_KEY",
          "the key beside the quote is not the one that was enrolled");
    }
    return QuoteAttest.accept(
        quote.attest(),
        TpmSignature.parse(quote.signature()),
        TpmPublic.parse(chip.attestationKey()));
  }

  /** No chip vouches for anything: what is affirmed of other devices is a warning here. */
  private void appraiseWithoutChip(
      Evidence evidence,
      EatClaims claims,
      Device device,
      Nonce nonce,
      Instant now,
      Findings findings) {
    String kind = device.keystore().text();
    if (!judgeNonce(claims, nonce, findings)) {
      return;
    }
    if (evidence.quote().isPresent()
        || !claims.log().equals(Optional.of(evidence.log().digest()))) {
      findings.bad(
          INSTANCE_IDENTITY,
          CRYPTO_FAILED,
          "NOT_BOUND",
          "the claims do not cover the log, or there is a quote by no enrolled key");
      return;
    }
    judgeTime(claims, now, findings);
    if (!claims.health().keystore().equals(kind)) {
      findings.bad(
          INSTANCE_IDENTITY,
          UNTRUSTWORTHY,
          "KEYSTORE_CHANGED",
          "enrolled with " + kind + ", now " + claims.health().keystore());
    }
    findings.bad(INSTANCE_IDENTITY, UNPROVED, "NO_CHIP", "keys in " + kind + ", by its own word");
    findings.bad(HARDWARE, UNPROVED, "NO_CHIP", "no chip vouches for this device");
    findings.bad(STORAGE_OPAQUE, UNPROVED, "NO_CHIP", "keys in " + kind + ", by its own word");
    new MeasurementAppraisal(policy, findings).judgeUnquoted(evidence, claims, device.profile());
  }

  /** The quote was made for this nonce and these claims, or it says nothing about them. */
  private static boolean judgeBinding(
      Evidence evidence, EatClaims claims, QuoteAttest quote, Nonce nonce, Findings findings)
      throws Malformed {
    if (!judgeNonce(claims, nonce, findings)) {
      return false;
    }
    if (!quote.header().extraData().equals(evidence.qualification(nonce))) {
      findings.bad(
          INSTANCE_IDENTITY,
          CRYPTO_FAILED,
          "NOT_BOUND",
          "the quote was not made for this nonce and these claims");
      return false;
    }
    return true;
  }

  private static boolean judgeNonce(EatClaims claims, Nonce nonce, Findings findings) {
    if (!claims.nonce().equals(nonce)) {
      findings.bad(
          INSTANCE_IDENTITY,
          CRYPTO_FAILED,
          "WRONG_NONCE",
          "expected " + nonce + ", found " + claims.nonce());
      return false;
    }
    return true;
  }

  private static void judgeTime(EatClaims claims, Instant now, Findings findings) {
    if (now.isAfter(claims.expiresAt().plus(CLOCK_SKEW))) {
      findings.note(TrustTier.WARNING, "EXPIRED", "evidence until " + claims.expiresAt());
    }
    if (now.plus(CLOCK_SKEW).isBefore(claims.issuedAt())) {
      findings.note(TrustTier.WARNING, "NOT_YET_VALID", "evidence of " + claims.issuedAt());
    }
  }

  private static Device.BootCounts judgeBoot(ClockReading clock, Device device, Findings findings) {
    Device.BootCounts boot = new Device.BootCounts(clock.resetCount(), clock.restartCount());
    Optional<Device.BootCounts> known = device.lastBoot();
    if (known.isPresent() && boot.isBefore(known.get())) {
      findings.bad(
          INSTANCE_IDENTITY,
          UNTRUSTWORTHY,
          "BOOT_COUNT_WENT_BACK",
          "last seen " + known.get() + ", now " + boot);
    }
    return boot;
  }

  private AttestationResult result(EatClaims claimed, Nonce nonce, Instant now, Findings findings) {
    Instant second = now.truncatedTo(ChronoUnit.SECONDS);
    return new AttestationResult(
        claimed.ueid(),
        nonce,
        second,
        second.plus(VALIDITY),
        findings.status(),
        findings.vector(),
        findings.reasons(),
        policy.digest());
  }

  private static String text(Exception exception) {
    return String.valueOf(exception.getMessage());
  }
}
