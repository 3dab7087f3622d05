// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.broker;

import dev.bartizan.crypto.keystore.Ueid;
import dev.bartizan.fleet.credential.CertificateAuthority;
import dev.bartizan.fleet.credential.Credentials;
import dev.bartizan.protocol.jws.SpiffeId;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.util.List;

/** What a device of the fleet shows to the broker. */
final class EnrolledDevice {
  private EnrolledDevice() {}

  /** A new key, with a certificate for a day. */
  static Credentials of(CertificateAuthority authority, String fleet, Ueid device)
      throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    KeyPair pair = generator.generateKeyPair();
    return new Credentials(
        pair.getPrivate(),
        List.of(
            authority.issueIdentity(
                new SpiffeId(fleet, device), (ECPublicKey) pair.getPublic(), Duration.ofDays(1)),
            authority.certificate()));
  }
}
