// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.enrol;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.SecretBytes;
import dev.bartizan.crypto.json.Base64Url;
import dev.bartizan.crypto.keystore.Protection;
import dev.bartizan.crypto.keystore.Ueid;
import dev.bartizan.crypto.tpm.ChipModel;
import dev.bartizan.crypto.tpm.Credential;
import dev.bartizan.crypto.tpm.MakeCredential;
import dev.bartizan.crypto.tpm.TpmPublic;
import dev.bartizan.fleet.FleetSettings;
import dev.bartizan.fleet.credential.CertificateAuthority;
import dev.bartizan.fleet.credential.TcgNames;
import dev.bartizan.fleet.device.Device;
import dev.bartizan.fleet.device.DeviceRegistry;
import dev.bartizan.fleet.device.Endorsement;
import dev.bartizan.fleet.device.KnownModel;
import dev.bartizan.fleet.device.ShownEndorsement;
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
  public record Context(
      FleetSettings settings,
      EndorsementRoots.Source roots,
      AllowedChips allowed,
      Optional<EnrolmentTokens> tokens,
      CertificateAuthority authority,
      DeviceRegistry registry) {}

  private final Context context;
  private final Clock clock;
  private final SecureRandom random;
  private final Admission admission;
  private final PendingEnrolments<Pending> pending = new PendingEnrolments<>();

  public TpmEnrolment(Context context, Clock clock, SecureRandom random, Welcome welcome) {
    this.context = context;
    this.clock = clock;
    this.random = random;
    this.admission = new Admission(context, welcome);
  }

  /**
   * Looks at who vouches for the chip and makes the challenge.
   *
   * @throws Refusal when the device will not be taken in
   * @throws IOException when it cannot be now
   */
  public BeginReply begin(BeginRequest request) throws IOException, Refusal {
    Instant now = clock.instant();
    // Who brings a bad token learns nothing else.
    Optional<Digest> token = requireGoodToken(request.token());
    TpmPublic endorsement = TpmPublic.parse(request.endorsementKey());
    Endorsement vouched = requireVouched(request, endorsement, now);
    TpmPublic attestation = TpmPublic.parse(request.attestationKey());
    attestation.requireAttestationKey();
    Ueid ueid = Ueid.of(endorsement.name());
    Optional<Device> known = context.registry().requireWelcome(ueid);
    if (token.isEmpty() && context.tokens().isPresent()) {
      requireKnown(known, attestation);
    }

    SecretBytes secret = SecretBytes.take(randomBytes());
    Bytes nonce = Bytes.of(randomBytes());
    String session = Base64Url.encode(randomBytes());
    Credential credential =
        new MakeCredential(random).challenge(endorsement, attestation.name(), secret);
    Instant end = PendingEnrolments.end(now);
    Device.Chip chip = new Device.Chip(vouched, attestation.encode(), model(request));
    pending.put(session, new Pending(ueid, chip, token, secret, nonce, end), now);
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
    TpmPublic attestation = TpmPublic.parse(session.chip().attestationKey());
    DeviceKeys keys = DeviceKeys.require(request, attestation, session.nonce());
    boolean golden = isGolden(session);
    return admission.admit(
        new Admission.Newcomer(
            session.ueid(),
            Protection.Kind.TPM2,
            Optional.of(session.chip()),
            golden,
            session.token().isEmpty() && context.tokens().isPresent()),
        keys,
        now);
  }

  /** By its maker's certificate; by the operator alone for a chip that shows none. */
  private Endorsement requireVouched(BeginRequest request, TpmPublic endorsement, Instant now)
      throws IOException, Refusal {
    Optional<Bytes> certificate = request.endorsementCertificate();
    if (certificate.isEmpty()) {
      return new Endorsement(Endorsement.By.OPERATOR, context.allowed().require(endorsement));
    }
    context
        .roots()
        .current()
        .require(certificate.get(), request.endorsementChain(), endorsement, now);
    return Endorsement.ofMaker(
        certificate.get(),
        ShownEndorsement.keeping(
            request.endorsementKey(), certificate.get(), request.endorsementChain()));
  }

  /** The maker's word; the device's own where he says nothing. */
  private static Optional<KnownModel> model(BeginRequest request) throws EnrolmentRefusal {
    Optional<ChipModel> certified = Optional.empty();
    if (request.endorsementCertificate().isPresent()) {
      certified =
          TcgNames.chipIn(
              EndorsementCertificate.parse(request.endorsementCertificate().get()).x509());
    }
    return certified
        .map(chip -> new KnownModel(chip, KnownModel.SaidBy.CERTIFICATE))
        .or(() -> request.model().map(chip -> new KnownModel(chip, KnownModel.SaidBy.DEVICE)));
  }

  private Optional<Digest> requireGoodToken(Optional<String> token) throws IOException, Refusal {
    if (context.tokens().isEmpty() || token.isEmpty()) {
      return Optional.empty();
    }
    Digest digest = EnrolmentTokens.digest(token.get());
    context.tokens().get().require(digest);
    return Optional.of(digest);
  }

  /**
   * A device that was away for longer than its certificate lived comes back by itself: its chip is
   * known, and holds the attestation key it was enrolled with.
   */
  private static void requireKnown(Optional<Device> known, TpmPublic attestation)
      throws EnrolmentRefusal {
    Optional<Bytes> enrolled = known.flatMap(Device::chip).map(Device.Chip::attestationKey);
    if (!enrolled.equals(Optional.of(attestation.encode()))) {
      throw EnrolmentTokens.bad();
    }
  }

  private boolean isGolden(Pending session) throws IOException, Refusal {
    if (session.token().isPresent()) {
      return context.tokens().orElseThrow().spend(session.token().get()).golden();
    }
    return context.registry().find(session.ueid()).map(Device::golden).orElse(false);
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
