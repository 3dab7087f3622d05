// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.json.JsonFields;
import dev.bartizan.crypto.json.Malformed;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * Where a fleet keeps what happens, and for how long.
 *
 * @param server a PostgreSQL that several servers share; without one it is a file of this directory
 * @param resultAge how long an attestation result is kept
 * @param resultsPerDevice how many of one device are kept at most
 */
public record DatabaseChoice(Optional<Server> server, Duration resultAge, int resultsPerDevice) {
  /**
   * A PostgreSQL.
   *
   * @param url {@code jdbc:postgresql://HOST/DATABASE}, without a password
   * @param passwordFile whose one line is the password, for its owner alone to read; a path,
   *     relative to the directory
   */
  public record Server(String url, String user, String passwordFile) {
    private static final String POSTGRESQL = "jdbc:postgresql:";

    public Server {
      if (!url.startsWith(POSTGRESQL)) {
        throw new IllegalArgumentException("database.url does not begin with " + POSTGRESQL);
      }
      if (url.toLowerCase(Locale.ROOT).contains("password=")) {
        throw new IllegalArgumentException(
            "database.url has a password; it goes into database.password_file");
      }
    }
  }

  private static final int MAX_TEXT = 2000;
  private static final long MAX_DAYS = 3660;
  private static final int MAX_PER_DEVICE = 1_000_000;

  /** A file of this directory; a hundred results of each device, for three months. */
  public static final DatabaseChoice DEFAULT =
      new DatabaseChoice(Optional.empty(), Duration.ofDays(92), 100);

  public DatabaseChoice {
    if (resultAge.toDays() < 1 || resultAge.toDays() > MAX_DAYS) {
      throw new IllegalArgumentException("results.days is between 1 and " + MAX_DAYS);
    }
    if (resultsPerDevice < 1 || resultsPerDevice > MAX_PER_DEVICE) {
      throw new IllegalArgumentException("results.per_device is between 1 and " + MAX_PER_DEVICE);
    }
  }

  void write(ObjectNode document) {
    server.ifPresent(
        chosen ->
            document
                .putObject("database")
                .put("url", chosen.url())
                .put("user", chosen.user())
                .put("password_file", chosen.passwordFile()));
    document
        .putObject("results")
        .put("days", resultAge.toDays())
        .put("per_device", resultsPerDevice);
  }

  static DatabaseChoice read(JsonFields document) throws Malformed {
    Optional<Server> server = Optional.empty();
    if (document.has("database")) {
      JsonFields chosen = document.object("database");
      server =
          Optional.of(
              new Server(
                  chosen.text("url", MAX_TEXT),
                  chosen.text("user", MAX_TEXT),
                  chosen.text("password_file", MAX_TEXT)));
    }
    if (!document.has("results")) {
      return new DatabaseChoice(server, DEFAULT.resultAge, DEFAULT.resultsPerDevice);
    }
    JsonFields results = document.object("results");
    return new DatabaseChoice(
        server,
        Duration.ofDays(Math.min(results.number("days"), MAX_DAYS + 1)),
        (int) Math.min(results.number("per_device"), MAX_PER_DEVICE + 1L));
  }
}
