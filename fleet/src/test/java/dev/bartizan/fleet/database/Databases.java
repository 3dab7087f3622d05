// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.database;

import dev.bartizan.fleet.DatabaseChoice;
import dev.bartizan.updater.disk.SharedDirectory;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Level;
import java.util.logging.Logger;

/** The databases of directories that tests of one process work in. */
public final class Databases {
  private static final Map<Path, FleetDatabase> OPEN = new ConcurrentHashMap<>();

  /** Held, or the platform forgets what level it was given. */
  private static final Logger MIGRATIONS = Logger.getLogger("org.flywaydb");

  static {
    MIGRATIONS.setLevel(Level.WARNING);
  }

  private Databases() {}

  /** The one of {@code directory}; it stays open. */
  public static FleetDatabase of(SharedDirectory directory) {
    return OPEN.computeIfAbsent(directory.path(""), path -> open(directory));
  }

  /** Lets other processes have it. */
  public static void close(SharedDirectory directory) throws Exception {
    FleetDatabase open = OPEN.remove(directory.path(""));
    if (open != null) {
      open.close();
    }
  }

  /** What somebody does who can write the database: one statement. */
  public static int forge(SharedDirectory directory, String statement, Object... values)
      throws Exception {
    try (Connection connection =
        new H2Place(H2Folder.in(directory, new SecureRandom())).connect()) {
      return new Sql(connection).run(statement, values);
    }
  }

  /** A question and its answer, while another process may have the database before and after. */
  public static <T> T once(SharedDirectory directory, Question<T> question) throws Exception {
    try (FleetDatabase database = open(directory)) {
      return question.ask(database);
    }
  }

  /** What a test asks. */
  @FunctionalInterface
  public interface Question<T> {
    T ask(FleetDatabase database) throws Exception;
  }

  private static FleetDatabase open(SharedDirectory directory) {
    try {
      return FleetDatabase.of(
          directory, DatabaseChoice.DEFAULT, new SecureRandom(), line -> System.err.println(line));
    } catch (Exception failure) {
      throw new IllegalStateException(failure);
    }
  }
}
