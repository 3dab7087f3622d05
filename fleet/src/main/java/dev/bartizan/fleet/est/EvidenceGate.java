// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.est;

import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.keystore.Protection;
import dev.bartizan.fleet.LifeOfCredentials;
import dev.bartizan.fleet.device.Device;
import dev.bartizan.fleet.est.EstRefusal.Reason;
import dev.bartizan.fleet.verify.ResultStore;
import dev.bartizan.protocol.result.AttestationResult;
import dev.bartizan.protocol.result.TrustTier;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/** Whether what a device has proved lately is enough for its credentials to live on. */
final class EvidenceGate {
  /** What a result says of a device whose hardware nobody has described yet. */
  private static final String NO_REFERENCE = "NO_REFERENCE";

  /** Results are in whole seconds, and of a clock of our own. */
  private static final Duration SKEW = Duration.ofSeconds(5);

  private final LifeOfCredentials life;
  private final Set<Protection.Kind> accepted;
  private final ResultStore results;

  /**
   * @param accepted kinds of keystore without a chip that the operator takes
   */
  EvidenceGate(LifeOfCredentials life, Set<Protection.Kind> accepted, ResultStore results) {
    this.life = life;
    this.accepted = Set.copyOf(accepted);
    this.results = results;
  }

  /** Lets {@code device} through, or says what it lacks. */
  void require(Device device, Instant now) throws IOException, EstRefusal {
    LifeOfCredentials.Rule rule = rule(device);
    AttestationResult result = fresh(device, rule, now);
    if (result.status() == TrustTier.AFFIRMING || isTolerated(result, rule, device)) {
      return;
    }
    throw new EstRefusal(
        Reason.EVIDENCE_NOT_GOOD,
        "asked: "
            + rule.worst().text()
            + ", found: "
            + result.status().text()
            + result.reasons().stream().findFirst().map(it -> ", " + it.code()).orElse(""));
  }

  private LifeOfCredentials.Rule rule(Device device) throws EstRefusal {
    Protection.Kind kind = device.keystore();
    Optional<LifeOfCredentials.Rule> rule = life.rule(kind, device.profile());
    if (rule.isEmpty() || !(kind.attests() || accepted.contains(kind))) {
      throw new EstRefusal(
          Reason.KEYSTORE_NOT_ACCEPTED,
          "keystores of kind " + kind.text() + " get no new certificates here");
    }
    return rule.get();
  }

  private AttestationResult fresh(Device device, LifeOfCredentials.Rule rule, Instant now)
      throws IOException, EstRefusal {
    AttestationResult latest = latest(device);
    boolean stale =
        now.isAfter(latest.issuedAt().plus(rule.age())) || !now.isBefore(latest.expiresAt());
    // A result from the future was made by a clock that is wrong, or when ours was.
    if (stale || latest.issuedAt().isAfter(now.plus(SKEW))) {
      throw new EstRefusal(
          Reason.EVIDENCE_NEEDED, "the latest attestation result is of " + latest.issuedAt());
    }
    return latest;
  }

  private AttestationResult latest(Device device) throws IOException, EstRefusal {
    try {
      return results
          .latest(device.ueid())
          .orElseThrow(
              () -> new EstRefusal(Reason.EVIDENCE_NEEDED, "there is no attestation result yet"));
    } catch (EstRefusal none) {
      throw none;
    } catch (Refusal notOurs) {
      throw new EstRefusal(
          Reason.EVIDENCE_NEEDED, "the attestation result that is kept is not ours", notOurs);
    }
  }

  private static boolean isTolerated(
      AttestationResult result, LifeOfCredentials.Rule rule, Device device) {
    boolean says = result.status() != TrustTier.NONE;
    boolean withinRule = says && result.status().compareTo(rule.worst()) <= 0;
    return withinRule
        || (device.golden() && awaitsReference(result))
        || lacksCertificateAlone(result, device);
  }

  /** The operator has allowed this very chip: that its maker has not is no news to him. */
  private static boolean lacksCertificateAlone(AttestationResult result, Device device) {
    return result.status() == TrustTier.WARNING
        && device.chip().filter(Device.Chip::isWithoutCertificate).isPresent()
        && !result.reasons().isEmpty()
        && result.reasons().stream()
            .filter(it -> it.tier() != TrustTier.NONE) // Told, and held against nobody.
            .allMatch(it -> it.code().equals(Device.NO_EK_CERTIFICATE));
  }

  /** A golden device is there so that reference values come into being; then it is as others. */
  private static boolean awaitsReference(AttestationResult result) {
    return result.status() == TrustTier.WARNING
        && result.reasons().stream().anyMatch(it -> it.code().equals(NO_REFERENCE));
  }
}
