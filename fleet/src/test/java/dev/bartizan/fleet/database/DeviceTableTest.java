// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.database;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.keystore.Protection;
import dev.bartizan.crypto.keystore.Ueid;
import dev.bartizan.fleet.credential.CertificateAuthority;
import dev.bartizan.fleet.credential.OperatorKeys;
import dev.bartizan.fleet.device.Device;
import dev.bartizan.fleet.device.DeviceRegistry;
import dev.bartizan.fleet.device.Endorsement;
import dev.bartizan.fleet.device.RegistryRefusal;
import dev.bartizan.protocol.jws.SpiffeId;
import dev.bartizan.updater.disk.SharedDirectory;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeviceTableTest {
  private static final Instant NOW = Instant.parse("2026-05-01T12:00:00Z");
  private static final Ueid UEID = Ueid.of(Digest.of(new byte[] {1}));

  @TempDir private Path folder;
  private SharedDirectory directory;
  private DeviceRegistry registry;
  private Device device;

  @BeforeEach
  void enrolOne() throws Exception {
    directory = new SharedDirectory(folder);
    SecureRandom random = new SecureRandom();
    CertificateAuthority authority =
        CertificateAuthority.create(
            directory, "fleet.example", Clock.fixed(NOW, ZoneOffset.UTC), random);
    X509Certificate certificate =
        authority.issueIdentity(
            new SpiffeId("fleet.example", UEID),
            (ECPublicKey) OperatorKeys.p256(random).getPublic(),
            Duration.ofDays(1));
    registry = Databases.of(directory).devices();
    device =
        new Device(
            UEID,
            Device.State.ENROLLED,
            "camera-2",
            Set.of("cameras", "berlin"),
            NOW,
            Protection.Kind.TPM2,
            Optional.of(
                new Device.Chip(
                    new Endorsement(Endorsement.By.MAKER, Digest.of(new byte[] {2})),
                    Bytes.of(new byte[] {3}))),
            certificate,
            certificate,
            Optional.empty(),
            false);
    registry.enrol(device);
  }

  @Test
  void aDeviceReadsBackAsItWasWritten() throws Exception {
    assertEquals(device, registry.get(UEID));
    assertEquals(List.of(device), registry.all());
  }

  @Test
  void aDeviceWithoutAChipReadsBackWithTheKeystoreItSaidItHas() throws Exception {
    Device bare =
        new Device(
            Ueid.of(Digest.of(new byte[] {77})),
            Device.State.ENROLLED,
            "default",
            Set.of(),
            NOW,
            Protection.Kind.SOFTWARE,
            Optional.empty(),
            device.identity(),
            device.unwrap(),
            Optional.empty(),
            false);
    registry.enrol(bare);
    assertEquals(bare, registry.get(bare.ueid()));
    assertThrows(
        IllegalArgumentException.class,
        () ->
            new Device(
                bare.ueid(),
                Device.State.ENROLLED,
                "default",
                Set.of(),
                NOW,
                Protection.Kind.TPM2,
                Optional.empty(),
                device.identity(),
                device.unwrap(),
                Optional.empty(),
                false));
  }

  @Test
  void aDeviceThatEnrolsAgainKeepsItsGroupsAndProfile() throws Exception {
    Device again =
        new Device(
            UEID,
            Device.State.ENROLLED,
            "default",
            Set.of(),
            NOW.plusSeconds(9),
            Protection.Kind.TPM2,
            Optional.of(
                new Device.Chip(
                    new Endorsement(Endorsement.By.MAKER, Digest.of(new byte[] {2})),
                    Bytes.of(new byte[] {4}))),
            device.identity(),
            device.unwrap(),
            Optional.empty(),
            false);

    registry.enrol(again);

    Device known = registry.get(UEID);
    assertEquals(device.groups(), known.groups());
    assertEquals("camera-2", known.profile());
    assertEquals(again.chip(), known.chip());
  }

  @Test
  void aRevokedDeviceNeitherEnrolsAgainNorIsReleased() throws Exception {
    registry.change(UEID, Device.State.REVOKED);

    assertThrows(RegistryRefusal.class, () -> registry.enrol(device));
    assertThrows(RegistryRefusal.class, () -> registry.change(UEID, Device.State.ENROLLED));
    assertEquals(Device.State.REVOKED, registry.get(UEID).state());
  }

  @Test
  void bootCountsNeverGoBack() throws Exception {
    registry.sawBoot(UEID, new Device.BootCounts(7, 1));
    registry.sawBoot(UEID, new Device.BootCounts(6, 9));

    assertEquals(Optional.of(new Device.BootCounts(7, 1)), registry.get(UEID).lastBoot());
  }

  @Test
  void obfuscatedCountsMayWrapAroundOnce() {
    Device.BootCounts high = new Device.BootCounts(0xffff_ffffL, 0);

    assertTrue(high.isBefore(new Device.BootCounts(0, 5)));
  }

  @Test
  void aRowUnderAnotherDevicesNameIsRefused() throws Exception {
    Ueid other = Ueid.of(Digest.of(new byte[] {9}));
    Databases.forge(directory, "UPDATE device SET ueid = ?", other.text());

    assertThrows(Malformed.class, () -> registry.get(other));
  }
}
