// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.broker;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.SecretBytes;
import dev.bartizan.crypto.envelope.ContentKeyWrapper;
import dev.bartizan.fleet.attest.Attestation;
import dev.bartizan.fleet.broker.KeyRefusal.Reason;
import dev.bartizan.fleet.device.Device;
import dev.bartizan.fleet.device.DeviceRegistry;
import dev.bartizan.protocol.attestation.NonceReply;
import dev.bartizan.protocol.evidence.CompactEvidence;
import dev.bartizan.protocol.result.AttestationResult;
import dev.bartizan.protocol.result.TrustTier;
import java.io.IOException;
import java.security.SecureRandom;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Clock;

/**
 * Gives content keys against evidence: fresh, affirming, from that very device, for that very
 * release. What is given is in the record before it goes.
 */
public final class AttestedKeys {
  private final DeviceRegistry registry;
  private final Attestation attestation;
  private final ContentKeyVault vault;
  private final KeyLog log;
  private final Clock clock;
  private final ContentKeyWrapper wrapper;

  public AttestedKeys(
      DeviceRegistry registry,
      Attestation attestation,
      ContentKeyVault vault,
      KeyLog log,
      Clock clock,
      SecureRandom random) {
    this.registry = registry;
    this.attestation = attestation;
    this.vault = vault;
    this.log = log;
    this.clock = clock;
    this.wrapper = new ContentKeyWrapper(random);
  }

  /**
   * What evidence for the key of {@code release} has to repeat.
   *
   * @throws KeyRefusal NO_KEY or NOT_WELCOME
   */
  public NonceReply nonce(Device device, Digest release) throws IOException, Refusal {
    requireWelcome(device);
    requireKey(release);
    return attestation.nonce(device.ueid(), release);
  }

  /**
   * The key of {@code release}, wrapped to the device.
   *
   * @throws dev.bartizan.protocol.evidence.MissingLogs when a log has to be brought first
   * @throws KeyRefusal when there is no key, or not for this device, now
   */
  public Bytes give(Device device, Digest release, Bytes evidence) throws IOException, Refusal {
    requireWelcome(device);
    requireKey(release);
    AttestationResult result =
        attestation.appraise(device, release, CompactEvidence.read(evidence));
    if (result.status() != TrustTier.AFFIRMING) {
      throw new KeyRefusal(Reason.EVIDENCE_NOT_GOOD, told(result));
    }
    // Its standing may have changed while its evidence was looked at.
    Device now = registry.get(device.ueid());
    requireWelcome(now);
    try (SecretBytes key = vault.open(release)) {
      Bytes envelope = wrapper.wrap(key, now.unwrap());
      log.add(
          new KeyRelease(
              now.ueid(),
              release,
              Digest.of(evidence.asBuffer()),
              fingerprint(now.unwrap()),
              clock.instant()),
          KeyAllowance.DEFAULT);
      return envelope;
    }
  }

  private static void requireWelcome(Device device) throws KeyRefusal {
    if (!device.getsKeys()) {
      throw new KeyRefusal(
          Reason.NOT_WELCOME, device.ueid() + " gets no keys: it is " + device.state().text());
    }
  }

  private void requireKey(Digest release) throws IOException, KeyRefusal {
    if (!vault.holds(release)) {
      throw new KeyRefusal(
          Reason.NO_KEY, "no key of " + release.hex() + " was given to this fleet");
    }
  }

  private static String told(AttestationResult result) {
    return "the evidence is "
        + result.status().text()
        + result.reasons().stream()
            .findFirst()
            .map(it -> ": " + it.code() + ", " + it.detail())
            .orElse("");
  }

  private static Digest fingerprint(X509Certificate certificate) {
    try {
      return Digest.of(certificate.getEncoded());
    } catch (CertificateEncodingException impossible) {
      throw new IllegalStateException("a certificate that was read has an encoding", impossible);
    }
  }
}
