// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.est;

import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.keystore.Protection;
import dev.bartizan.fleet.FleetSettings;
import dev.bartizan.fleet.credential.CertificateAuthority;
import dev.bartizan.fleet.device.Device;
import dev.bartizan.fleet.device.DeviceRegistry;
import dev.bartizan.fleet.http.Call;
import dev.bartizan.fleet.verify.ResultStore;
import dev.bartizan.protocol.jws.SpiffeId;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.time.Clock;
import java.time.Instant;
import java.util.Set;

/** Gives a device its next identity certificate: the same name, the same key, on good evidence. */
public final class Renewal {
  private final FleetSettings settings;
  private final CertificateAuthority authority;
  private final DeviceRegistry registry;
  private final EvidenceGate gate;
  private final Clock clock;

  /**
   * @param accepted kinds of keystore without a chip that the operator takes
   */
  public Renewal(
      FleetSettings settings,
      CertificateAuthority authority,
      DeviceRegistry registry,
      ResultStore results,
      Set<Protection.Kind> accepted,
      Clock clock) {
    this.settings = settings;
    this.authority = authority;
    this.registry = registry;
    this.gate = new EvidenceGate(settings.life(), accepted, results);
    this.clock = clock;
  }

  X509Certificate anchor() {
    return authority.certificate();
  }

  X509Certificate renew(Call call) throws IOException, Refusal {
    return renew(call.requireDevice(registry, clock.instant()), call.body().toArray());
  }

  /**
   * The next certificate. It is written down before it leaves, so that it can be revoked.
   *
   * @param device who asks, and has shown that it is
   * @param request PKCS #10 in base64
   * @throws Refusal when there is none; the present one stays as good as it is
   */
  public X509Certificate renew(Device device, byte[] request) throws IOException, Refusal {
    Instant now = clock.instant();
    registry.requireEnrolled(device.ueid());
    RenewalRequest.read(request).require(device.identity());
    gate.require(device, now);

    SpiffeId id = new SpiffeId(settings.trustDomain(), device.ueid());
    X509Certificate next = authority.issueIdentity(id, key(device), settings.life().identity());
    registry.issued(device.ueid(), next, now);
    registry.renewed(device.ueid(), next);
    return next;
  }

  private static ECPublicKey key(Device device) throws Malformed {
    if (device.identity().getPublicKey() instanceof ECPublicKey key) {
      return key;
    }
    throw new Malformed("the registry's identity certificate has no key on a curve");
  }
}
