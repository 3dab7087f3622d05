// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.renewal;

import dev.bartizan.agent.enrol.Enrolment;
import dev.bartizan.agent.enrol.EnrolmentService;
import dev.bartizan.agent.enrol.GrantCheck;
import dev.bartizan.agent.identity.Credentials;
import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.keystore.DeviceKeystore;
import dev.bartizan.crypto.pem.Pem;
import dev.bartizan.protocol.enrolment.Grant;
import dev.bartizan.protocol.jws.SpiffeId;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One attempt at new credentials. Stores nothing: what it brings was checked to be ours. */
public final class RenewalAttempt {
  /**
   * What came of it.
   *
   * @param credentials empty when the server wants to be asked again
   * @param later after which time, then
   */
  public record Outcome(Optional<Credentials> credentials, Duration later) {}

  /** Whom it asks. */
  public record Servers(
      CertificateServer renewal, EnrolmentService enrolment, Optional<Attestation> attestation) {}

  private final DeviceKeystore keystore;
  private final Servers servers;
  private final GrantCheck check;

  public RenewalAttempt(DeviceKeystore keystore, Servers servers, GrantCheck check) {
    this.keystore = keystore;
    this.servers = servers;
    this.check = check;
  }

  /** Renews {@code present}; enrols anew, by the chip alone, when that has run out. */
  public Outcome run(Credentials present, Instant now) throws IOException, Refusal {
    X509Certificate identity = present.identityChain().get(0);
    if (now.isAfter(identity.getNotAfter().toInstant())) {
      return comeBack();
    }
    try {
      return renew(present, identity);
    } catch (RenewalRefused refused) {
      if (refused.isForWantOfACertificate()) {
        return comeBack();
      }
      throw refused;
    }
  }

  private Outcome renew(Credentials present, X509Certificate identity) throws IOException, Refusal {
    CertificateServer.Reply reply = ask(CertificateRequest.renewing(identity, keystore));
    if (reply.certificate().isEmpty()) {
      return new Outcome(Optional.empty(), reply.later());
    }
    X509Certificate next = reply.certificate().get();
    try {
      check.requireIdentity(next, SpiffeId.of(identity), keystore);
    } catch (Refusal notOurs) {
      throw new RenewalRefused(RenewalRefused.BAD_CERTIFICATE_GIVEN, notOurs.getMessage(), notOurs);
    }
    return issued(present.with(chain(next, present)));
  }

  /** Attests when the server wants that first, once. */
  private CertificateServer.Reply ask(Bytes request) throws IOException, Refusal {
    try {
      return servers.renewal().reenroll(request);
    } catch (RenewalRefused refused) {
      if (!refused.isForWantOfEvidence() || servers.attestation().isEmpty()) {
        throw refused;
      }
      servers.attestation().get().attest();
      return servers.renewal().reenroll(request);
    }
  }

  /** The chain above stays: the authority is the same, or the check would have said no. */
  private static String chain(X509Certificate next, Credentials present) throws Malformed {
    List<X509Certificate> chain = new ArrayList<>(present.identityChain());
    chain.set(0, next);
    return Pem.ofCertificates(chain);
  }

  /** Without a chip nothing but a token vouches for a device. */
  private Outcome comeBack() throws IOException, Refusal {
    if (!keystore.protection().kind().attests()) {
      throw new RenewalRefused(
          "EXPIRED", "the certificate has run out: enrol again, with a token (bartizan enroll)");
    }
    Grant grant = new Enrolment(keystore, servers.enrolment(), check).enrol(Optional.empty());
    return issued(Credentials.of(grant));
  }

  private static Outcome issued(Credentials credentials) {
    return new Outcome(Optional.of(credentials), Duration.ZERO);
  }
}
