// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.database;

import dev.bartizan.fleet.DatabaseAway;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;

/**
 * The tables, in the version that this program knows. Bringing them there takes Flyway a second, so
 * it is only asked when a look shows that they are not.
 */
final class Form {
  /** Of the last file of migrations. */
  static final int VERSION = 1;

  private static final String MIGRATIONS = "classpath:dev/bartizan/fleet/database";
  private static final String HISTORY = "flyway_schema_history";

  private final Place place;

  Form(Place place) {
    this.place = place;
  }

  void require(Connection connection) throws SQLException, IOException, DatabaseRefusal {
    Optional<Integer> found = version(connection);
    if (found.isPresent() && found.get() > VERSION) {
      throw new DatabaseRefusal(
          DatabaseRefusal.Reason.NEWER_DATABASE,
          "the database has form "
              + found.get()
              + ", of a newer version of this program; this one knows "
              + VERSION);
    }
    if (found.isEmpty() || found.get() < VERSION) {
      migrate();
    }
  }

  /** Empty where there are no tables yet. */
  private static Optional<Integer> version(Connection connection) throws SQLException {
    try (ResultSet tables = connection.getMetaData().getTables(null, null, HISTORY, null)) {
      if (!tables.next()) {
        return Optional.empty();
      }
    }
    return Optional.of(
        (int)
            new Sql(connection)
                .number(
                    "SELECT COALESCE(MAX(CAST(version AS INTEGER)), 0) FROM flyway_schema_history"
                        + " WHERE success"));
  }

  private void migrate() throws IOException {
    try {
      Flyway.configure()
          .dataSource(new Source(place::connect))
          .locations(MIGRATIONS)
          .table(HISTORY)
          .placeholders(Map.of("bytes", place.bytes()))
          .load()
          .migrate();
    } catch (FlywayException failed) {
      throw new DatabaseAway("the database's tables cannot be made: " + firstLine(failed), failed);
    }
  }

  private static String firstLine(FlywayException failed) {
    return String.valueOf(failed.getMessage()).lines().findFirst().orElse("");
  }
}
