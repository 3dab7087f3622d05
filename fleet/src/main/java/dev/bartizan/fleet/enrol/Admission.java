// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.enrol;

import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.keystore.Protection;
import dev.bartizan.crypto.keystore.Ueid;
import dev.bartizan.crypto.pem.Pem;
import dev.bartizan.crypto.tpm.TpmPublic;
import dev.bartizan.fleet.LifeOfCredentials;
import dev.bartizan.fleet.credential.CertificateAuthority;
import dev.bartizan.fleet.device.Device;
import dev.bartizan.fleet.device.KnownModel;
import dev.bartizan.protocol.enrolment.Grant;
import dev.bartizan.protocol.jws.SpiffeId;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Takes a device in that has proved its keys: certificates, registry, welcome. */
final class Admission {
  private static final String DEFAULT_PROFILE = "default";

  private final TpmEnrolment.Context context;
  private final Welcome welcome;

  Admission(TpmEnrolment.Context context, Welcome welcome) {
    this.context = context;
    this.welcome = welcome;
  }

  /**
   * A chip that comes back says nothing of what runs beside it: its first certificate lives just
   * long enough to attest and to be renewed upon that.
   */
  private Duration lifetime(Newcomer newcomer) {
    LifeOfCredentials life = context.settings().life();
    return newcomer.returning() ? life.identityOfReturned() : life.identity();
  }

  /**
   * Who comes.
   *
   * @param golden as its token says, or as it was known
   * @param returning whether nobody but its chip vouches for it
   */
  record Newcomer(
      Ueid ueid,
      Protection.Kind keystore,
      Optional<Device.Chip> chip,
      boolean golden,
      boolean returning) {}

  /** What an authority elsewhere believes the chip's statements by; of chips of a known model. */
  private Optional<String> attestationChain(Newcomer newcomer) throws Refusal {
    Optional<KnownModel> model = newcomer.chip().flatMap(Device.Chip::model);
    if (newcomer.chip().isEmpty() || model.isEmpty()) {
      return Optional.empty();
    }
    X509Certificate certificate =
        context
            .authority()
            .issueAttestation(
                model.get().model(),
                newcomer.ueid(),
                TpmPublic.parse(newcomer.chip().get().attestationKey()).toPublicKey(),
                lifetime(newcomer));
    return Optional.of(Pem.ofCertificates(List.of(certificate, context.authority().certificate())));
  }

  Grant admit(Newcomer newcomer, DeviceKeys keys, Instant now) throws IOException, Refusal {
    Ueid ueid = newcomer.ueid();
    CertificateAuthority authority = context.authority();
    SpiffeId id = new SpiffeId(context.settings().trustDomain(), ueid);
    X509Certificate identity = authority.issueIdentity(id, keys.identity(), lifetime(newcomer));
    X509Certificate unwrap =
        authority.issueUnwrap(id, keys.unwrap(), CertificateAuthority.UNWRAP_LIFETIME);
    context.registry().issued(ueid, identity, now);
    context
        .registry()
        .enrol(
            new Device(
                ueid,
                Device.State.ENROLLED,
                DEFAULT_PROFILE,
                Set.of(),
                now.truncatedTo(ChronoUnit.SECONDS),
                newcomer.keystore(),
                newcomer.chip(),
                identity,
                unwrap,
                Optional.empty(),
                newcomer.golden()));
    welcome.enrolled(ueid);
    return new Grant(
        Pem.ofCertificates(List.of(identity, authority.certificate())),
        Pem.ofCertificates(List.of(unwrap)),
        attestationChain(newcomer),
        context.settings().trustDomain(),
        context.settings().broker());
  }
}
