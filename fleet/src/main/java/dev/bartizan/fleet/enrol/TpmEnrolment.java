// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.enrol;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.SecretBytes;
import dev.bartizan.crypto.json.Base64Url;
import dev.bartizan.crypto.keystore.Protection;
import dev.bartizan.crypto.keystore.Ueid;
import dev.bartizan.crypto.tpm.Credential;
import dev.bartizan.crypto.tpm.MakeCredential;
import dev.bartizan.crypto.tpm.TpmPublic;
import dev.bartizan.fleet.FleetSettings;
import dev.bartizan.fleet.credential.CertificateAuthority;
import dev.bartizan.fleet.device.Device;
import dev.bartizan.fleet.device.DeviceRegistry;
import dev.bartizan.fleet.enrol.EnrolmentRefusal.Reason;
import dev.bartizan.fleet.enrol.PendingEnrolments.Pending;
import dev.bartizan.protocol.enrolment.BeginReply;
import dev.bartizan.protocol.enrolment.BeginRequest;
import dev.bartizan.protocol.enrolment.FinishRequest;
import dev.bartizan.protocol.enrolment.Grant;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;

/** Judges the two requests of an enrolment. Knows nothing of HTTP. */
public final class TpmEnrolment {
  private static final int SECRET_BYTES = 32;

  /**
   * Whom the desk asks.
   *
   * @param tokens empty when any chip of a known maker may come
   */
  public record Office(
      FleetSettings settings,
      EndorsementRoots roots,
      Optional<EnrolmentTokens> tokens,
      CertificateAuthority authority,
      DeviceRegistry registry) {}

  private final Office office;
  private final Clock clock;
  private final SecureRandom random;
  private final Admission admission;
  private final PendingEnrolments<Pending> pending = new PendingEnrolments<>();

  public TpmEnrolment(Office office, Clock clock, SecureRandom random, Welcome welcome) {
    this.office = office;
    this.clock = clock;
    this.random = random;
    this.admission = new Admission(office, welcome);
  }

  /**
   * Looks at the chip's certificate and makes the challenge.
   *
   * @throws Refusal when the device will not be taken in
   * @throws IOException when it cannot be now
   */
  public BeginReply begin(BeginRequest request) throws IOException, Refusal {
    Instant now = clock.instant();
    Optional<Digest> token = requireToken(request.token());
    TpmPublic endorsement = TpmPublic.parse(request.endorsementKey());
    office
        .roots()
        .require(request.endorsementCertificate(), request.endorsementChain(), endorsement, now);
    TpmPublic attestation = TpmPublic.parse(request.attestationKey());
    attestation.requireAttestationKey();
    Ueid ueid = Ueid.of(endorsement.name());
    office.registry().requireWelcome(ueid);

    SecretBytes secret = SecretBytes.take(randomBytes());
    Bytes nonce = Bytes.of(randomBytes());
    String session = Base64Url.encode(randomBytes());
    Credential credential =
        new MakeCredential(random).challenge(endorsement, attestation.name(), secret);
    Digest certificate = Digest.of(request.endorsementCertificate().toArray());
    Instant end = PendingEnrolments.end(now);
    pending.put(
        session, new Pending(ueid, certificate, attestation, token, secret, nonce, end), now);
    return new BeginReply(session, nonce, credential);
  }

  /**
   * Checks the answer and the device's other keys, and only then issues its certificates.
   *
   * @throws Refusal when the device is not taken in; the session is over either way
   */
  public Grant finish(FinishRequest request) throws IOException, Refusal {
    Instant now = clock.instant();
    Pending session = take(request.session(), now);
    requireSecret(session, request.secret());
    DeviceKeys keys = DeviceKeys.require(request, session.attestationKey(), session.nonce());
    if (session.token().isPresent()) {
      office.tokens().orElseThrow().spend(session.token().get());
    }
    Device.Chip chip =
        new Device.Chip(session.endorsementCertificate(), session.attestationKey().encode());
    return admission.admit(session.ueid(), Protection.Kind.TPM2, Optional.of(chip), keys, now);
  }

  private Optional<Digest> requireToken(Optional<String> token) throws IOException, Refusal {
    if (office.tokens().isEmpty()) {
      return Optional.empty();
    }
    Digest digest = EnrolmentTokens.digest(token.orElseThrow(EnrolmentTokens::bad));
    office.tokens().get().require(digest);
    return Optional.of(digest);
  }

  private Pending take(String session, Instant now) throws EnrolmentRefusal {
    return pending
        .take(session, now)
        .orElseThrow(
            () -> new EnrolmentRefusal(Reason.NO_SESSION, "no such enrolment is under way"));
  }

  private static void requireSecret(Pending session, Bytes answer) throws EnrolmentRefusal {
    try (SecretBytes secret = session.secret()) {
      boolean solved = secret.reveal(expected -> MessageDigest.isEqual(expected, answer.toArray()));
      if (!solved) {
        throw new EnrolmentRefusal(Reason.WRONG_SECRET, "the credential challenge is not solved");
      }
    }
  }

  private byte[] randomBytes() {
    byte[] bytes = new byte[SECRET_BYTES];
    random.nextBytes(bytes);
    return bytes;
  }
}
