// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.http;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.keystore.Ueid;
import dev.bartizan.fleet.device.Device;
import dev.bartizan.fleet.device.DeviceRegistry;
import dev.bartizan.protocol.jws.SpiffeId;
import java.io.IOException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import java.util.Optional;

/**
 * One request.
 *
 * @param contentType as the client has it
 * @param peer the client's certificate: of this fleet's authority, and valid when the connection
 *     began
 */
public record Call(
    String path, Optional<String> contentType, Bytes body, Optional<X509Certificate> peer) {
  /**
   * The device that asks: it is registered and not out of the fleet for ever, has the key it was
   * enrolled with, and shows a certificate that is good now. It may be in quarantine.
   *
   * @throws CallRefusal when nobody, or nobody of whom that is true, asks
   */
  public Device requireDevice(DeviceRegistry registry, Instant now) throws IOException, Refusal {
    X509Certificate shown = peer.orElseThrow(CallRefusal::noCertificate);
    Ueid ueid = SpiffeId.of(shown).device();
    Device device = registry.get(ueid);
    if (device.state().isFinal()) {
      throw CallRefusal.notWelcome(device);
    }
    try {
      // A connection may outlive the certificate it began with.
      shown.checkValidity(Date.from(now));
    } catch (CertificateException outside) {
      throw CallRefusal.badCertificate(ueid, "is not valid now", outside);
    }
    if (!registry.goodSerials(ueid, now).contains(shown.getSerialNumber())) {
      throw CallRefusal.badCertificate(ueid, "is not one that holds", null);
    }
    if (!shown.getPublicKey().equals(device.identity().getPublicKey())) {
      throw CallRefusal.badCertificate(ueid, "has a key from before its last enrolment", null);
    }
    return device;
  }
}
