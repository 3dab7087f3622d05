// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.database;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.keystore.Protection;
import dev.bartizan.crypto.keystore.Ueid;
import dev.bartizan.fleet.DatabaseChoice;
import dev.bartizan.fleet.broker.KeyAllowance;
import dev.bartizan.fleet.broker.KeyLog;
import dev.bartizan.fleet.broker.KeyLogBroken;
import dev.bartizan.fleet.broker.KeyRefusal;
import dev.bartizan.fleet.broker.KeyRelease;
import dev.bartizan.fleet.credential.CertificateAuthority;
import dev.bartizan.fleet.credential.OperatorKeys;
import dev.bartizan.fleet.device.Device;
import dev.bartizan.fleet.device.RegistryRefusal;
import dev.bartizan.fleet.enrol.TokenStore.Permission;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a fleet's database promises, whichever it is. */
abstract class DatabaseContractTest {
  static final Instant NOW = Instant.parse("2026-05-01T12:00:00Z");
  static final SecureRandom RANDOM = new SecureRandom();
  private static final Permission PERMISSION = new Permission(NOW.plusSeconds(100), false);
  private static final int MANY = 8;

  @TempDir private Path folder;
  SharedDirectory directory;
  FleetDatabase database;
  final List<String> said = new ArrayList<>();
  private CertificateAuthority authority;

  /** Which database it is. */
  abstract DatabaseChoice choice() throws Exception;

  /** Keeps a copy of the database as it is. */
  abstract void save() throws Exception;

  /** Puts that copy back. */
  abstract void restore() throws Exception;

  /** What somebody does who can write it. */
  abstract void forge(String statement, Object... values) throws Exception;

  @BeforeEach
  void open() throws Exception {
    directory = new SharedDirectory(folder.resolve("fleet"));
    authority =
        CertificateAuthority.create(
            directory, "fleet.example", Clock.fixed(NOW, ZoneOffset.UTC), RANDOM);
    database = serve();
  }

  @AfterEach
  void close() throws Exception {
    database.close();
  }

  FleetDatabase serve() throws Exception {
    return FleetDatabase.serving(directory, choice(), RANDOM, said::add);
  }

  static Digest digest(int number) {
    return Digest.of(new byte[] {(byte) number, (byte) (number >> 8)});
  }

  static Ueid ueid(int number) {
    return Ueid.of(digest(number));
  }

  Device device(int number) throws Exception {
    X509Certificate certificate = identity(number);
    return new Device(
        ueid(number),
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

  X509Certificate identity(int number) {
    return authority.issueIdentity(
        new SpiffeId("fleet.example", ueid(number)),
        (ECPublicKey) OperatorKeys.p256(RANDOM).getPublic(),
        Duration.ofDays(1));
  }

  static KeyRelease given(int device, int evidence) {
    return new KeyRelease(ueid(device), digest(1), digest(evidence), digest(3), NOW);
  }

  /** How many of those who try it at once succeed; the others are refused. */
  private static int atOnce(Callable<?> attempt) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(MANY);
    try {
      List<Future<Boolean>> all = new ArrayList<>();
      for (int i = 0; i < MANY; i++) {
        all.add(
            threads.submit(
                () -> {
                  try {
                    return attempt.call() != Optional.empty();
                  } catch (Refusal refused) {
                    return false;
                  }
                }));
      }
      int good = 0;
      for (Future<Boolean> each : all) {
        good += each.get() ? 1 : 0;
      }
      return good;
    } finally {
      threads.shutdownNow();
    }
  }

  // Attack: two devices with one token at the same moment.
  @Test
  void ofAllWhoSpendATokenAtTheSameMomentOneHasIt() throws Exception {
    for (int i = 0; i < 10; i++) {
      Digest token = digest(i);
      database.tokens().add(token, PERMISSION, NOW);
      assertEquals(Optional.of(PERMISSION), database.tokens().find(token));
      assertEquals(1, atOnce(() -> database.tokens().take(token)));
      assertEquals(Optional.empty(), database.tokens().find(token));
    }
  }

  @Test
  void whatEnrolsManyTimesAtOnceIsOneDevice() throws Exception {
    Device device = device(1);
    assertEquals(
        MANY,
        atOnce(
            () -> {
              database.devices().enrol(device);
              return device;
            }));
    assertEquals(List.of(device), database.devices().all());
  }

  @Test
  void aDeviceThatIsRevokedWhileItRenewsIsRevoked() throws Exception {
    for (int i = 0; i < 10; i++) {
      Device device = device(i);
      database.devices().enrol(device);
      ExecutorService other = Executors.newSingleThreadExecutor();
      Future<Device> revoked =
          other.submit(() -> database.devices().change(device.ueid(), Device.State.REVOKED));
      try {
        database.devices().renewed(device.ueid(), device.identity());
        database.devices().sawBoot(device.ueid(), new Device.BootCounts(1, 1));
      } catch (RegistryRefusal first) {
        assertEquals("NOT_WELCOME", first.code());
      }
      revoked.get();
      other.shutdownNow();
      assertEquals(Device.State.REVOKED, database.devices().get(device.ueid()).state());
    }
  }

  @Test
  void certificatesAreListedUntilTheyHaveRunOutAndNotManyAtOnce() throws Exception {
    Ueid ueid = ueid(1);
    X509Certificate first = identity(1);
    database.devices().issued(ueid, first, NOW);
    assertEquals(List.of(first.getSerialNumber()), database.devices().goodSerials(ueid, NOW));
    assertEquals(List.of(), database.devices().goodSerials(ueid, NOW.plus(Duration.ofDays(3))));
    for (int i = 1; i < IssuedTable.MAX_GOOD; i++) {
      database.devices().issued(ueid, identity(1), NOW);
    }
    RegistryRefusal tooMany =
        assertThrows(
            RegistryRefusal.class, () -> database.devices().issued(ueid, identity(1), NOW));
    assertEquals("TOO_MANY_CERTIFICATES", tooMany.code());
    database.devices().issued(ueid, identity(1), NOW.plus(Duration.ofDays(3)));
  }

  @Test
  void bootLogsComeBackAsTheyWere() throws Exception {
    byte[] log = new byte[2 << 20];
    RANDOM.nextBytes(log);
    database.logs().keep(ueid(1), Bytes.of(log));
    database.logs().keep(ueid(1), Bytes.of(log));
    assertEquals(Optional.of(Bytes.of(log)), database.logs().find(ueid(1), Digest.of(log)));
    assertEquals(Optional.empty(), database.logs().find(ueid(2), Digest.of(log)));
  }

  @Test
  void theRecordOfKeysIsOneChainHoweverManyWriteIt() throws Exception {
    assertEquals(MANY, atOnce(() -> release(given(7, 2))));

    List<KeyRelease> found = new ArrayList<>();
    KeyLog.Head head = database.keyLog().verify(found::add);

    assertEquals(MANY, head.entries());
    assertEquals(MANY, found.size());
    assertEquals(given(7, 2), found.get(0));
  }

  private KeyRelease release(KeyRelease given) throws Exception {
    database.keyLog().add(given, KeyAllowance.DEFAULT);
    return given;
  }

  // Attack: a device collects keys, many at the same moment.
  @Test
  void ofAllWhoAskAtTheSameMomentOnlySoManyGetAKey() throws Exception {
    KeyAllowance three = new KeyAllowance(3, Duration.ofHours(1));
    int good =
        atOnce(
            () -> {
              database.keyLog().add(given(1, 2), three);
              return true;
            });
    assertEquals(3, good);
    assertThrows(KeyRefusal.class, () -> database.keyLog().add(given(1, 2), three));
    database.keyLog().add(given(2, 2), three);
    assertEquals(4, database.keyLog().verify(entry -> {}).entries());
  }

  // Attack: an entry of the record is changed, taken out, put in another order, or cut off.
  @Test
  void aRecordThatWasChangedHoldsNoMore() throws Exception {
    String change = "UPDATE key_release SET line = REPLACE(line, ?, ?) WHERE number = 1";
    for (int i = 0; i < 3; i++) {
      release(given(1, 10 + i));
    }
    forge(change, digest(11).hex(), digest(99).hex());
    assertBroken();
    forge(change, digest(99).hex(), digest(11).hex());
    assertEquals(3, database.keyLog().verify(entry -> {}).entries());

    forge("UPDATE key_release SET number = 9 WHERE number = 1");
    assertBroken();
    forge("UPDATE key_release SET number = 1 WHERE number = 2");
    forge("UPDATE key_release SET number = 2 WHERE number = 9");
    assertBroken();
    forge("DELETE FROM key_release WHERE number > 0");
    assertBroken();
  }

  // Attack: the end of the record goes, and its head is made to fit.
  @Test
  void aRecordWhoseEndWasCutOffIsMissed() throws Exception {
    release(given(1, 1));
    KeyLog.Head first = database.keyLog().verify(entry -> {});
    release(given(1, 2));
    forge("DELETE FROM key_release WHERE number = 1");
    forge("UPDATE key_record SET entries = 1, head = ?", first.digest().hex());
    assertBroken();

    release(given(1, 3));
    assertBroken();
    release(given(1, 4));
    assertBroken();
  }

  private void assertBroken() {
    assertThrows(KeyLogBroken.class, () -> database.keyLog().verify(entry -> {}));
  }

  // Attack: an older database is put back, which knows a spent token and trusts a revoked device.
  @Test
  void anOlderDatabaseRevivesNoTokenAndNoRevokedDevice() throws Exception {
    for (int i = 0; i < 4; i++) {
      database.devices().enrol(device(i));
      database.tokens().add(digest(i), PERMISSION, NOW);
    }
    database.devices().change(ueid(3), Device.State.QUARANTINED);
    reopenAfter(this::save);

    database.tokens().take(digest(0));
    database.devices().change(ueid(1), Device.State.REVOKED);
    database.devices().change(ueid(2), Device.State.QUARANTINED);
    database.devices().change(ueid(3), Device.State.ENROLLED);
    reopenAfter(this::restore);

    for (int i = 0; i < 4; i++) {
      assertEquals(Optional.empty(), database.tokens().find(digest(i)));
    }
    assertEquals(Device.State.ENROLLED, database.devices().get(ueid(0)).state());
    assertEquals(Device.State.REVOKED, database.devices().get(ueid(1)).state());
    assertEquals(Device.State.QUARANTINED, database.devices().get(ueid(2)).state());
    assertThrows(RegistryRefusal.class, () -> database.devices().enrol(device(1)));
    assertTrue(
        said.stream().anyMatch(line -> line.contains("older than this directory knows")),
        said.toString());

    // From then on it is the database we know.
    said.clear();
    database.tokens().add(digest(9), PERMISSION, NOW);
    reopenAfter(() -> {});
    assertEquals(Optional.of(PERMISSION), database.tokens().find(digest(9)));
    assertEquals(List.of(), said);
  }

  // Attack: the database is taken away, and an empty one is in its place.
  @Test
  void aRevokedDeviceIsNoStrangerToAnEmptyDatabase() throws Exception {
    reopenAfter(this::save);
    database.devices().enrol(device(1));
    database.devices().change(ueid(1), Device.State.REVOKED);
    reopenAfter(this::restore);

    assertEquals(List.of(), database.devices().all());
    assertThrows(RegistryRefusal.class, () -> database.devices().enrol(device(1)));
    assertThrows(RegistryRefusal.class, () -> database.devices().requireWelcome(ueid(1)));
    database.devices().enrol(device(2));
  }

  private interface Step {
    void take() throws Exception;
  }

  private void reopenAfter(Step step) throws Exception {
    database.close();
    step.take();
    database = serve();
  }

  @Test
  void commandsWorkWhileAServerHasTheDatabase() throws Exception {
    database.devices().enrol(device(1));
    try (FleetDatabase command = FleetDatabase.of(directory, choice(), RANDOM, said::add)) {
      command.devices().change(ueid(1), Device.State.QUARANTINED);
      command.tokens().add(digest(1), PERMISSION, NOW);
    }
    assertEquals(Device.State.QUARANTINED, database.devices().get(ueid(1)).state());
    assertTrue(database.tokens().take(digest(1)).isPresent());
    assertFalse(database.tokens().take(digest(1)).isPresent());
  }
}
