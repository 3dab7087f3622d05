// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.attest;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.keystore.Ueid;
import dev.bartizan.fleet.attest.AttestationRefusal.Reason;
import dev.bartizan.fleet.attest.OpenNonces.Purpose;
import dev.bartizan.fleet.device.Device;
import dev.bartizan.fleet.device.DeviceRegistry;
import dev.bartizan.fleet.verify.Appraisal;
import dev.bartizan.fleet.verify.ReferenceStore;
import dev.bartizan.fleet.verify.ResultStore;
import dev.bartizan.fleet.verify.Verifier;
import dev.bartizan.protocol.attestation.NonceReply;
import dev.bartizan.protocol.evidence.CompactEvidence;
import dev.bartizan.protocol.evidence.Evidence;
import dev.bartizan.protocol.evidence.Nonce;
import dev.bartizan.protocol.result.AttestationResult;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;

/** One device after the other shows what it is. Knows nothing of HTTP. */
public final class Attestation {
  private final DeviceRegistry registry;
  private final ReferenceStore references;
  private final ResultStore results;
  private final LogStore logs;
  private final Clock clock;
  private final OpenNonces nonces;

  public Attestation(
      DeviceRegistry registry,
      ReferenceStore references,
      ResultStore results,
      LogStore logs,
      Clock clock,
      SecureRandom random) {
    this.registry = registry;
    this.references = references;
    this.results = results;
    this.logs = logs;
    this.clock = clock;
    this.nonces = new OpenNonces(random);
  }

  /**
   * What the next evidence of {@code device} has to repeat.
   *
   * @throws IOException when too many are being attested
   */
  public NonceReply nonce(Ueid device) throws IOException {
    return nonces.open(new Purpose(device, Optional.empty()), clock.instant());
  }

  /** The same for evidence that is shown for the key of a release, and good for nothing else. */
  public NonceReply nonce(Ueid device, Digest release) throws IOException {
    return nonces.open(new Purpose(device, Optional.of(release)), clock.instant());
  }

  /**
   * Appraises evidence for the nonce that is open, keeps the result and uses the nonce up.
   *
   * @throws dev.bartizan.protocol.evidence.MissingLogs when a log has to be brought first; the
   *     nonce stays open
   * @throws AttestationRefusal when there is no nonce, or the evidence is about somebody else
   */
  public AttestationResult appraise(Device device, CompactEvidence compact)
      throws IOException, Refusal {
    return appraise(device, Optional.empty(), compact);
  }

  /** The same for evidence that is shown for the key of a release. */
  public AttestationResult appraise(Device device, Digest release, CompactEvidence compact)
      throws IOException, Refusal {
    return appraise(device, Optional.of(release), compact);
  }

  private AttestationResult appraise(
      Device device, Optional<Digest> release, CompactEvidence compact)
      throws IOException, Refusal {
    Instant now = clock.instant();
    Purpose purpose = new Purpose(device.ueid(), release);
    Nonce nonce = nonces.find(purpose, now).orElseThrow(Attestation::noNonce);
    if (!compact.unverifiedClaims().ueid().equals(device.ueid())) {
      throw new AttestationRefusal(
          Reason.OTHER_DEVICE, "the evidence is about another device than " + device.ueid());
    }
    Evidence evidence = compact.complete(digest -> logs.find(device.ueid(), digest));
    if (!nonces.close(purpose, nonce)) {
      throw noNonce();
    }
    Appraisal appraisal =
        new Verifier(registry, references.current()).appraise(evidence, nonce, now);
    appraisal.keep(registry, results);
    return appraisal.result();
  }

  /**
   * Takes a log that evidence of this device names.
   *
   * @throws AttestationRefusal with OTHER_LOG
   */
  public void bring(Ueid device, Digest digest, Bytes log) throws IOException, Refusal {
    if (!Digest.of(log.asBuffer()).equals(digest)) {
      throw new AttestationRefusal(Reason.OTHER_LOG, "the log is not the one with " + digest.hex());
    }
    logs.keep(device, log);
  }

  private static AttestationRefusal noNonce() {
    return new AttestationRefusal(Reason.NO_NONCE, "ask for a nonce first: none is open");
  }
}
