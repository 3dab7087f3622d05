// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.database;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.fleet.DatabaseChoice;
import dev.bartizan.fleet.FleetOfOne;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.util.Properties;
import java.util.stream.Stream;
import org.h2.Driver;
import org.junit.jupiter.api.Test;

/** The H2 of a directory. */
final class H2DatabaseTest extends DatabaseContractTest {
  @Override
  DatabaseChoice choice() {
    return DatabaseChoice.DEFAULT;
  }

  @Override
  void save() throws Exception {
    Files.copy(file(), saved());
  }

  @Override
  void restore() throws Exception {
    Files.move(saved(), file(), StandardCopyOption.REPLACE_EXISTING);
  }

  @Override
  void forge(String statement, Object... values) throws Exception {
    Databases.forge(directory, statement, values);
  }

  private Path file() {
    return directory.path("database/fleet.mv.db");
  }

  private Path saved() {
    return directory.path("saved.mv.db");
  }

  @Test
  void aSecondServerIsRefusedAndTheFirstGoesOn() throws Exception {
    DatabaseRefusal refused = assertThrows(DatabaseRefusal.class, this::serve);
    assertEquals(DatabaseRefusal.Reason.SERVED_ALREADY, refused.reason());
    database.devices().enrol(device(1));

    database.close();
    database = serve();
    assertEquals(1, database.devices().all().size());
  }

  @Test
  void nothingOfItIsForOtherUsers() throws Exception {
    Path folder = directory.path("database");
    assertEquals("rwx------", mode(folder));
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(it -> !it.endsWith("fleet.mv.db")).toList()) {
        assertTrue(mode(file).endsWith("------"), file + " " + mode(file));
      }
    }
  }

  private static String mode(Path file) throws Exception {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  // Attack: a user of this machine finds the port.
  @Test
  void whoLacksItsNameOrItsPasswordGetsNothingFromItsPort() throws Exception {
    String address = Files.readString(directory.path("database/address"));
    String password = Files.readString(directory.path("database/password"));
    String withoutName = address.substring(0, address.indexOf('/') + 1);
    assertTrue(address.startsWith("127.0.0.1:"), address);
    assertRefused(withoutName + file().toString().replace(".mv.db", ""), password);
    assertRefused(withoutName + "fleet", password);
    assertRefused(address, "guessed");
    assertRefused(address, "");
  }

  private static void assertRefused(String address, String password) {
    Properties who = new Properties();
    who.setProperty("user", "fleet");
    who.setProperty("password", password);
    assertThrows(
        SQLException.class,
        () -> new Driver().connect("jdbc:h2:tcp://" + address + H2Place.SETTINGS, who));
  }

  @Test
  void withoutItsPasswordItIsRefusedAndNotMadeAnew() throws Exception {
    database.close();
    Files.delete(directory.path("database/password"));
    DatabaseRefusal refused = assertThrows(DatabaseRefusal.class, this::serve);
    assertEquals(DatabaseRefusal.Reason.NO_PASSWORD, refused.reason());
    assertTrue(Files.size(file()) > 0);
  }

  @Test
  void aDatabaseOfANewerVersionIsRefused() throws Exception {
    forge("UPDATE flyway_schema_history SET version = '9'");
    database.close();
    DatabaseRefusal refused = assertThrows(DatabaseRefusal.class, this::serve);
    assertEquals(DatabaseRefusal.Reason.NEWER_DATABASE, refused.reason());
  }

  @Test
  void aDirectoryThatKeepsDevicesInFilesIsRefusedInOneLine() throws Exception {
    database.close();
    FleetOfOne.SETTINGS.store(directory);
    directory.write("devices/some.json", new byte[1]);
    DatabaseRefusal refused = assertThrows(DatabaseRefusal.class, this::serve);
    assertEquals(DatabaseRefusal.Reason.OLD_LAYOUT, refused.reason());
    assertEquals(1, refused.getMessage().lines().count());
  }
}
