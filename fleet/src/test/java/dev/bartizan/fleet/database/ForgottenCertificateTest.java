// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.database;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.keystore.Protection;
import dev.bartizan.crypto.keystore.Ueid;
import dev.bartizan.fleet.credential.CertificateAuthority;
import dev.bartizan.fleet.credential.OperatorKeys;
import dev.bartizan.fleet.credential.RevocationList;
import dev.bartizan.fleet.device.Device;
import dev.bartizan.protocol.jws.SpiffeId;
import dev.bartizan.updater.disk.SharedDirectory;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509CRLEntry;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An older database has forgotten what was issued since; the broker's list has not. */
final class ForgottenCertificateTest {
  private static final Instant NOW = Instant.parse("2026-05-01T12:00:00Z");
  private static final Ueid UEID = Ueid.of(Digest.of(new byte[] {1}));

  @TempDir private Path folder;
  private final SecureRandom random = new SecureRandom();

  @Test
  void aRevokedCertificateThatTheDatabaseForgotStaysOnTheListUntilItHasRunOut() throws Exception {
    SharedDirectory directory = new SharedDirectory(folder);
    CertificateAuthority authority =
        CertificateAuthority.create(
            directory, "fleet.example", Clock.fixed(NOW, ZoneOffset.UTC), random);
    FleetDatabase database = Databases.of(directory);
    X509Certificate first = identity(authority);
    X509Certificate second = identity(authority);
    database.devices().enrol(device(first));
    database.devices().issued(UEID, first, NOW);
    database.devices().issued(UEID, second, NOW);
    database.devices().change(UEID, Device.State.REVOKED);
    RevocationList list = new RevocationList(directory, database.devices());
    list.write(authority, NOW);
    Set<BigInteger> both = Set.of(first.getSerialNumber(), second.getSerialNumber());
    assertEquals(both, listed());

    Databases.forge(directory, "DELETE FROM issued");
    list.write(authority, NOW.plus(Duration.ofDays(1)));
    assertEquals(both, listed());

    list.write(authority, NOW.plus(Duration.ofDays(100)));
    assertEquals(Set.of(first.getSerialNumber()), listed());
  }

  private Set<BigInteger> listed() throws Exception {
    try (InputStream in = Files.newInputStream(folder.resolve(RevocationList.FILE))) {
      X509CRL list = (X509CRL) CertificateFactory.getInstance("X.509").generateCRL(in);
      return list.getRevokedCertificates().stream()
          .map(X509CRLEntry::getSerialNumber)
          .collect(Collectors.toSet());
    }
  }

  private X509Certificate identity(CertificateAuthority authority) {
    return authority.issueIdentity(
        new SpiffeId("fleet.example", UEID),
        (ECPublicKey) OperatorKeys.p256(random).getPublic(),
        Duration.ofDays(1));
  }

  private static Device device(X509Certificate certificate) {
    return new Device(
        UEID,
        Device.State.ENROLLED,
        "default",
        Set.of(),
        NOW,
        Protection.Kind.SOFTWARE,
        Optional.empty(),
        certificate,
        certificate,
        Optional.empty(),
        false);
  }
}
