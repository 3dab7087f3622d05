// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.enrol;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.SecretBytes;
import dev.bartizan.crypto.keystore.DeviceKeystore;
import dev.bartizan.crypto.keystore.EnrolmentClaims;
import dev.bartizan.crypto.tpm.EndorsementCredential;
import dev.bartizan.protocol.enrolment.BeginReply;
import dev.bartizan.protocol.enrolment.BeginRequest;
import dev.bartizan.protocol.enrolment.FinishRequest;
import dev.bartizan.protocol.enrolment.Grant;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Enrols one device: shows the chip, solves the challenge, has the keys certified. */
public final class Enrolment {
  /** Certifications over no nonce: the first request shows public keys only. */
  private static final Bytes NO_NONCE = Bytes.empty();

  private final DeviceKeystore keystore;
  private final EnrolmentService server;
  private final GrantCheck check;
  private final Optional<EndorsementCredential> given;

  /** With the certificate that the chip itself carries. */
  public Enrolment(DeviceKeystore keystore, EnrolmentService server, GrantCheck check) {
    this(keystore, server, check, Optional.empty());
  }

  /**
   * @param given the maker's certificate, for a chip that does not carry it
   */
  public Enrolment(
      DeviceKeystore keystore,
      EnrolmentService server,
      GrantCheck check,
      Optional<EndorsementCredential> given) {
    this.keystore = keystore;
    this.server = server;
    this.check = check;
    this.given = given;
  }

  /**
   * Enrols, or enrols again.
   *
   * @param token the operator's one-time permission, where one is required
   * @return certificates that were checked to be this device's; the caller stores them
   * @throws IOException when TPM or server cannot be reached now
   * @throws Refusal when either says no, or the grant is not for this device
   */
  public Grant enrol(Optional<String> token) throws IOException, Refusal {
    BeginReply challenge = begin(token);
    EnrolmentClaims claims = keystore.enrolmentClaims(challenge.nonce());
    FinishRequest answer =
        new FinishRequest(
            challenge.session(), solve(challenge), claims.identity(), claims.unwrap());
    Grant grant = Grant.read(server.post(FinishRequest.PATH, answer.write()));
    check.require(grant, keystore);
    check.requireAttestation(grant, claims.attestationKey());
    return grant;
  }

  private BeginReply begin(Optional<String> token) throws IOException, Refusal {
    EnrolmentClaims claims = keystore.enrolmentClaims(NO_NONCE);
    // Whether a chip without one may come is for the server to say: its operator may know it.
    Optional<EndorsementCredential> maker = given.or(() -> carried(claims));
    BeginRequest request =
        new BeginRequest(
            token,
            maker.map(EndorsementCredential::certificate),
            maker.map(EndorsementCredential::chain).orElse(List.of()),
            claims.endorsementKey(),
            claims.attestationKey(),
            Optional.of(claims.model()));
    return BeginReply.read(server.post(BeginRequest.PATH, request.write()));
  }

  private static Optional<EndorsementCredential> carried(EnrolmentClaims claims) {
    return claims
        .endorsementCertificate()
        .map(certificate -> new EndorsementCredential(certificate, claims.endorsementChain()));
  }

  /** The secret proves who we are by being shown; it protects nothing afterwards. */
  private Bytes solve(BeginReply challenge) throws IOException, Refusal {
    try (SecretBytes secret = keystore.activate(challenge.credential())) {
      return secret.reveal(Bytes::of);
    }
  }
}
