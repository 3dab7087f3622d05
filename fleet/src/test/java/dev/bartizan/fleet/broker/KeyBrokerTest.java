// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.broker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.SecretBytes;
import dev.bartizan.crypto.SecretMemory;
import dev.bartizan.crypto.envelope.ContentKeyWrapper;
import dev.bartizan.crypto.envelope.EnvelopeRefusal;
import dev.bartizan.crypto.envelope.KeyEnvelope;
import dev.bartizan.crypto.keystore.Protection;
import dev.bartizan.crypto.keystore.Ueid;
import dev.bartizan.fleet.FleetOfOne;
import dev.bartizan.fleet.MovableClock;
import dev.bartizan.fleet.credential.CertificateAuthority;
import dev.bartizan.fleet.database.Databases;
import dev.bartizan.fleet.device.Device;
import dev.bartizan.fleet.device.DeviceRegistry;
import dev.bartizan.fleet.device.Endorsement;
import dev.bartizan.fleet.init.NewFleet;
import dev.bartizan.protocol.custody.FleetKeys;
import dev.bartizan.protocol.jws.SpiffeId;
import dev.bartizan.protocol.release.KeyDelivery;
import dev.bartizan.updater.disk.SharedDirectory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import javax.crypto.KeyAgreement;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Content keys come wrapped to the key broker and go to devices, by their standing. */
class KeyBrokerTest {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Digest OLDER = Digest.of(new byte[] {1});
  private static final Digest NEWER = Digest.of(new byte[] {2});

  private final MovableClock clock = new MovableClock();
  private final Map<Digest, WrappedKey> wrapped =
      new TreeMap<>((a, b) -> a.hex().compareTo(b.hex()));
  @TempDir private Path folder;
  private SharedDirectory directory;
  private FleetKeys keys;
  private WrappedKeyVault vault;
  private KeyBroker broker;
  private Enrolled first;

  /** A device of the registry and the private half of its unwrap key. */
  private record Enrolled(Device device, KeyPair unwrapKey) {
    Ueid ueid() {
      return device.ueid();
    }
  }

  @BeforeEach
  void twoReleasesAndOneDevice() throws Exception {
    directory = new SharedDirectory(folder);
    keys = NewFleet.found(directory, FleetOfOne.SETTINGS, List.of("localhost"), clock, RANDOM);
    vault = new WrappedKeyVault(directory, RANDOM);
    broker = new KeyBroker(directory, Databases.of(directory).devices(), vault, RANDOM);
    first = enrol(1);
    wrap(OLDER, 1);
    wrap(NEWER, 2);
    vault.follow(wrapped);
    assertEquals(2, broker.shipAll().envelopes());
  }

  /** As an author does: a content key of 32 times {@code octet}. */
  private void wrap(Digest release, int octet) throws Exception {
    byte[] key = new byte[32];
    java.util.Arrays.fill(key, (byte) octet);
    try (SecretBytes secret = SecretBytes.take(key)) {
      wrapped.put(
          release,
          new WrappedKey(
              new ContentKeyWrapper(RANDOM).wrap(secret, keys.keyBroker()), KeyDelivery.AHEAD));
    }
  }

  private Enrolled enrol(int number) throws Exception {
    CertificateAuthority authority = CertificateAuthority.load(directory, clock, RANDOM);
    Ueid ueid = Ueid.of(Digest.of(new byte[] {(byte) number}));
    SpiffeId id = new SpiffeId("fleet.example", ueid);
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"), RANDOM);
    KeyPair pair = generator.generateKeyPair();
    ECPublicKey key = (ECPublicKey) pair.getPublic();
    Device device =
        new Device(
            ueid,
            Device.State.ENROLLED,
            "default",
            Set.of(),
            clock.instant(),
            Protection.Kind.TPM2,
            Optional.of(
                new Device.Chip(
                    new Endorsement(Endorsement.By.MAKER, Digest.of(new byte[] {2})),
                    Bytes.of(new byte[] {3}))),
            authority.issueIdentity(id, key, Duration.ofDays(1)),
            authority.issueUnwrap(id, key, Duration.ofDays(1)),
            Optional.empty(),
            false);
    Databases.of(directory).devices().enrol(device);
    return new Enrolled(device, pair);
  }

  private Path envelope(Digest release, Ueid device) {
    return folder.resolve("served/keys/" + release.hex() + "/" + device.text() + ".cms");
  }

  private int opened(Enrolled device, Digest release) throws Exception {
    KeyEnvelope envelope = KeyEnvelope.parse(Files.readAllBytes(envelope(release, device.ueid())));
    try (SecretBytes key =
        envelope.open(
            device.device().unwrap(),
            sender -> agree(device.unwrapKey(), sender),
            SecretMemory.ordinary())) {
      return key.reveal(bytes -> bytes[0]);
    }
  }

  private static SecretBytes agree(KeyPair own, ECPublicKey sender) throws EnvelopeRefusal {
    try {
      KeyAgreement ecdh = KeyAgreement.getInstance("ECDH");
      ecdh.init(own.getPrivate());
      ecdh.doPhase(sender, true);
      return SecretBytes.take(ecdh.generateSecret());
    } catch (GeneralSecurityException offCurve) {
      throw new EnvelopeRefusal(EnvelopeRefusal.Reason.MALFORMED, "off curve", offCurve);
    }
  }

  @Test
  void anEnrolledDeviceOpensEachReleaseWithItsOwnKey() throws Exception {
    assertEquals(1, opened(first, OLDER));
    assertEquals(2, opened(first, NEWER));
    assertEquals(0, broker.shipAll().envelopes(), "who has its keys gets them once");
  }

  @Test
  void aDeviceThatEnrolsLaterGetsTheKeysOfAllReleases() throws Exception {
    Enrolled second = enrol(2);
    assertFalse(Files.exists(envelope(OLDER, second.ueid())));
    assertEquals(2, broker.shipTo(second.ueid()));
    assertEquals(1, opened(second, OLDER));
    assertEquals(2, opened(second, NEWER));
  }

  @Test
  void aDeviceWithNewKeysGetsNewEnvelopes() throws Exception {
    Enrolled again = enrol(1);
    assertThrows(EnvelopeRefusal.class, () -> opened(again, OLDER));
    broker.shipTo(again.ueid());
    assertEquals(1, opened(again, OLDER));
  }

  @Test
  void aRevokedDeviceLosesItsEnvelopesAndGetsNoNewOnes() throws Exception {
    Databases.of(directory).devices().change(first.ueid(), Device.State.REVOKED);
    assertEquals(0, broker.shipTo(first.ueid()));
    assertFalse(Files.exists(envelope(OLDER, first.ueid())));
    assertEquals(0, broker.shipAll().envelopes());
    assertFalse(Files.exists(envelope(NEWER, first.ueid())));
  }

  @Test
  void aQuarantinedDeviceGetsThemBackWhenItIsReleased() throws Exception {
    DeviceRegistry registry = Databases.of(directory).devices();
    registry.change(first.ueid(), Device.State.QUARANTINED);
    broker.shipTo(first.ueid());
    assertFalse(Files.exists(envelope(NEWER, first.ueid())));
    registry.change(first.ueid(), Device.State.ENROLLED);
    assertEquals(2, broker.shipTo(first.ueid()));
    assertTrue(Files.exists(envelope(NEWER, first.ueid())));
  }

  @Test
  void aReleaseThatItsAuthorTookBackLosesItsKeys() throws Exception {
    wrapped.remove(OLDER);
    assertTrue(vault.follow(wrapped));
    broker.shipAll();
    assertEquals(Set.of(NEWER), vault.releases().keySet());
    assertFalse(Files.exists(envelope(OLDER, first.ueid())));
    assertEquals(2, opened(first, NEWER));
  }

  @Test
  void aKeyThatWasWrappedToAnotherBrokerIsRefusedAndTheOthersStay() throws Exception {
    Path elsewhere = folder.resolve("elsewhere");
    FleetKeys other =
        NewFleet.found(
            new SharedDirectory(elsewhere),
            FleetOfOne.SETTINGS,
            List.of("localhost"),
            clock,
            RANDOM);
    Digest foreign = Digest.of(new byte[] {3});
    try (SecretBytes secret = SecretBytes.take(new byte[32])) {
      wrapped.put(
          foreign,
          new WrappedKey(
              new ContentKeyWrapper(RANDOM).wrap(secret, other.keyBroker()), KeyDelivery.AHEAD));
    }
    vault.follow(wrapped);
    assertThrows(EnvelopeRefusal.class, () -> vault.open(foreign));
    Enrolled second = enrol(2);
    assertEquals(new KeyBroker.Shipped(2, List.of(foreign)), broker.shipAll());
    assertEquals(1, opened(second, OLDER));
    assertEquals(2, broker.shipTo(second.ueid()));
  }

  @Test
  void whatCameIsForTheServerAloneAndWhatGoesOutCanBeServed() throws Exception {
    assertEquals(
        PosixFilePermissions.fromString("rw-------"),
        Files.getPosixFilePermissions(folder.resolve("vault/" + OLDER.hex() + ".cms")));
    assertEquals(
        PosixFilePermissions.fromString("rw-r--r--"),
        Files.getPosixFilePermissions(envelope(OLDER, first.ueid())));
  }
}
