// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.identity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.keystore.Protection;
import dev.bartizan.crypto.keystore.Ueid;
import dev.bartizan.protocol.jws.SpiffeId;
import dev.bartizan.updater.disk.SharedDirectory;
import java.nio.file.Files;
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

class InventoryTest {
  private static final Instant NOW = Instant.parse("2026-05-01T12:00:00Z");
  private static final Ueid UEID = Ueid.of(Digest.of(new byte[] {1}));

  @TempDir private Path folder;
  private Inventory inventory;
  private Device device;

  @BeforeEach
  void enrolOne() throws Exception {
    SharedDirectory directory = new SharedDirectory(folder);
    SecureRandom random = new SecureRandom();
    CertificateAuthority authority =
        CertificateAuthority.create(
            directory, "fleet.example", Clock.fixed(NOW, ZoneOffset.UTC), random);
    X509Certificate certificate =
        authority.issueIdentity(
            new SpiffeId("fleet.example", UEID),
            (ECPublicKey) OperatorKeys.p256(random).getPublic(),
            Duration.ofDays(1));
    inventory = new Inventory(directory);
    device =
        new Device(
            UEID,
            Device.State.ENROLLED,
            "camera-2",
            Set.of("cameras", "berlin"),
            NOW,
            Protection.Kind.TPM2,
            Optional.of(new Device.Chip(Digest.of(new byte[] {2}), Bytes.of(new byte[] {3}))),
            certificate,
            certificate,
            Optional.empty());
    inventory.enrol(device);
  }

  @Test
  void aDeviceReadsBackAsItWasWritten() throws Exception {
    assertEquals(device, inventory.get(UEID));
    assertEquals(List.of(device), inventory.all());
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
            Optional.empty());
    inventory.enrol(bare);
    assertEquals(bare, inventory.get(bare.ueid()));
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
                Optional.empty()));
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
            Optional.of(new Device.Chip(Digest.of(new byte[] {2}), Bytes.of(new byte[] {4}))),
            device.identity(),
            device.unwrap(),
            Optional.empty());

    inventory.enrol(again);

    Device known = inventory.get(UEID);
    assertEquals(device.groups(), known.groups());
    assertEquals("camera-2", known.profile());
    assertEquals(again.chip(), known.chip());
  }

  @Test
  void aRevokedDeviceNeitherEnrolsAgainNorIsReleased() throws Exception {
    inventory.change(UEID, Device.State.REVOKED);

    assertThrows(InventoryRefusal.class, () -> inventory.enrol(device));
    assertThrows(InventoryRefusal.class, () -> inventory.change(UEID, Device.State.ENROLLED));
    assertEquals(Device.State.REVOKED, inventory.get(UEID).state());
  }

  @Test
  void bootCountsNeverGoBack() throws Exception {
    inventory.sawBoot(UEID, new Device.BootCounts(7, 1));
    inventory.sawBoot(UEID, new Device.BootCounts(6, 9));

    assertEquals(Optional.of(new Device.BootCounts(7, 1)), inventory.get(UEID).lastBoot());
  }

  @Test
  void obfuscatedCountsMayWrapAroundOnce() {
    Device.BootCounts high = new Device.BootCounts(0xffff_ffffL, 0);

    assertTrue(high.isBefore(new Device.BootCounts(0, 5)));
  }

  @Test
  void aFileUnderAnotherDevicesNameIsRefused() throws Exception {
    Ueid other = Ueid.of(Digest.of(new byte[] {9}));
    Path devices = folder.resolve("devices");
    Files.copy(devices.resolve(UEID.text() + ".json"), devices.resolve(other.text() + ".json"));

    assertThrows(Malformed.class, () -> inventory.get(other));
  }
}
