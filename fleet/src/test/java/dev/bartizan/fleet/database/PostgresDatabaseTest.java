// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.database;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.fleet.DatabaseAway;
import dev.bartizan.fleet.DatabaseChoice;
import dev.bartizan.fleet.broker.KeyAllowance;
import dev.bartizan.fleet.enrol.TokenStore.Permission;
import dev.bartizan.updater.disk.SharedDirectory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A real PostgreSQL, which several servers share. */
final class PostgresDatabaseTest extends DatabaseContractTest {
  private static Postgres postgres;

  @BeforeAll
  static void start() throws Exception {
    postgres = Postgres.start(PostgresDatabaseTest.class);
  }

  @AfterAll
  static void end() throws Exception {
    if (postgres != null) {
      postgres.close();
    }
  }

  @AfterEach
  void empty() throws Exception {
    database.close();
    postgres.empty();
  }

  @Override
  DatabaseChoice choice() {
    return postgres.choice();
  }

  @Override
  void save() throws Exception {
    postgres.save();
  }

  @Override
  void restore() throws Exception {
    postgres.restore();
  }

  @Override
  void forge(String statement, Object... values) throws Exception {
    try (Connection connection =
        new PostgresPlace(choice().server().orElseThrow(), Path.of("/")).connect()) {
      new Sql(connection).run(statement, values);
    }
  }

  @Test
  void whileItIsAwayNothingIsAcceptedAndWhenItIsBackNothingIsLost() throws Exception {
    Permission permission = new Permission(NOW.plusSeconds(100), false);
    database.devices().enrol(device(1));
    database.tokens().add(digest(1), permission, NOW);
    database.keyLog().add(given(1, 1), KeyAllowance.DEFAULT);

    postgres.kill();
    for (int i = 0; i < 2; i++) {
      assertThrows(DatabaseAway.class, () -> database.devices().find(ueid(1)));
      assertThrows(DatabaseAway.class, () -> database.tokens().take(digest(1)));
      assertThrows(
          DatabaseAway.class, () -> database.keyLog().add(given(1, 2), KeyAllowance.DEFAULT));
    }
    postgres.begin();

    assertEquals(device(1).ueid(), database.devices().get(ueid(1)).ueid());
    assertTrue(database.tokens().take(digest(1)).isPresent());
    assertEquals(1, database.keyLog().verify(entry -> {}).entries());
    assertEquals(2, said.size(), said.toString());
    assertTrue(said.get(0).startsWith("the database is away: "), said.toString());
    assertEquals("the database is back", said.get(1));
  }

  @Test
  void aServerNoticesThatAnOlderDatabaseWasPutBackUnderIt() throws Exception {
    database.devices().enrol(device(1));
    database.tokens().add(digest(1), new Permission(NOW.plusSeconds(100), false), NOW);
    database.tokens().add(digest(2), new Permission(NOW.plusSeconds(100), false), NOW);
    postgres.save();
    assertTrue(database.tokens().take(digest(1)).isPresent());

    postgres.restore();

    assertFalse(database.tokens().take(digest(1)).isPresent());
    assertFalse(database.tokens().take(digest(2)).isPresent());
  }

  /** Each has a directory of its own: the same keys, and what it has seen itself. */
  @Test
  void whatOneServerDoesTheOtherSees(@TempDir Path other) throws Exception {
    SharedDirectory second = new SharedDirectory(other);
    try (FleetDatabase one = FleetDatabase.serving(second, choice(), RANDOM, said::add)) {
      one.devices().enrol(device(1));
      one.tokens().add(digest(1), new Permission(NOW.plusSeconds(100), false), NOW);
      assertTrue(database.tokens().take(digest(1)).isPresent());
      assertFalse(one.tokens().take(digest(1)).isPresent());
      for (int i = 0; i < 10; i++) {
        (i % 2 == 0 ? one : database).keyLog().add(given(1, i), KeyAllowance.DEFAULT);
      }
      assertEquals(one.keyLog().verify(entry -> {}), database.keyLog().verify(entry -> {}));
    }
    assertEquals(List.of(), said);
  }

  @ParameterizedTest
  @CsvSource({"x,rw-r--r--", "x,rw-r-----", "'',rw-------", "'x\ny',rw-------"})
  void aPasswordFileThatIsOpenToOthersOrIsNotOneLineIsRefused(
      String content, String mode, @TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("password"), content);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    assertNoPassword(file);
  }

  @Test
  void aPasswordFileThatIsNotThereIsRefused(@TempDir Path folder) {
    assertNoPassword(folder.resolve("password"));
  }

  private void assertNoPassword(Path file) {
    DatabaseChoice.Server server = choice().server().orElseThrow();
    PostgresPlace place =
        new PostgresPlace(
            new DatabaseChoice.Server(server.url(), server.user(), file.toString()), file);
    DatabaseRefusal refused = assertThrows(DatabaseRefusal.class, place::connect);
    assertEquals(DatabaseRefusal.Reason.NO_PASSWORD, refused.reason());
    assertTrue(refused.getMessage().startsWith(file.toString()), refused.getMessage());
  }

  // Attack: a password in the settings ends up wherever they are copied to.
  @Test
  void aPasswordInTheUrlIsRefused() {
    assertThrows(
        IllegalArgumentException.class,
        () -> new DatabaseChoice.Server("jdbc:postgresql://h/d?password=x", "u", "f"));
  }
}
