// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.database;

import dev.bartizan.crypto.TouchesTheWorld;
import dev.bartizan.fleet.DatabaseAway;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.Properties;
import org.h2.Driver;
import org.h2.api.ErrorCode;
import org.h2.engine.SysProperties;

/**
 * The H2 of this directory: opened by whoever comes first, for as long as he has it; while a server
 * has it, through that server. Commands are short, and wait for each other.
 */
@TouchesTheWorld("a file that processes take turns with")
final class H2Place implements Place {
  /**
   * A commit is on its way to the disk at once; {@link #commit} waits until it is there. What goes
   * wrong is thrown, and not written to files beside.
   */
  static final String SETTINGS =
      ";MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH"
          + ";WRITE_DELAY=0;LOCK_TIMEOUT=10000;TRACE_LEVEL_FILE=0";

  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Duration PAUSE = Duration.ofMillis(50);

  private static final String LOOPBACK = "127.0.0.1";

  static {
    // H2 reads it once, when it is loaded, and would listen on all addresses without.
    System.setProperty("h2.bindAddress", LOOPBACK);
  }

  private final H2Folder folder;

  H2Place(H2Folder folder) {
    this.folder = folder;
  }

  /** Where alone it listens, if it does. */
  static String loopback() {
    if (!LOOPBACK.equals(SysProperties.BIND_ADDRESS)) {
      throw new IllegalStateException("H2 was loaded before it was told where to listen");
    }
    return LOOPBACK;
  }

  @Override
  public Connection connect() throws SQLException, IOException, DatabaseRefusal {
    Properties who = folder.credentials();
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try {
        return open("jdbc:h2:file:" + folder.file() + SETTINGS, who);
      } catch (SQLException taken) {
        if (taken.getErrorCode() != ErrorCode.DATABASE_ALREADY_OPEN_1) {
          throw taken;
        }
      }
      Optional<Connection> served = throughServer(who);
      if (served.isPresent()) {
        return served.get();
      }
      if (System.nanoTime() > end) {
        throw new DatabaseAway(folder.file() + " is in use by another command; try again");
      }
      pause();
    }
  }

  /** Whoever has it may be a command, or a server that begins or ends: then we look again. */
  private Optional<Connection> throughServer(Properties who) throws IOException {
    Optional<String> address = folder.address();
    if (address.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(open("jdbc:h2:tcp://" + address.get() + SETTINGS, who));
    } catch (SQLException gone) {
      return Optional.empty();
    }
  }

  private static Connection open(String url, Properties who) throws SQLException {
    Connection connection = new Driver().connect(url, who);
    if (connection == null) {
      throw new SQLException("not a URL of H2's");
    }
    return connection;
  }

  private static void pause() throws IOException {
    try {
      Thread.sleep(PAUSE.toMillis());
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new DatabaseAway("stopped", stopped);
    }
  }

  @Override
  public void commit(Connection connection) throws SQLException {
    connection.commit();
    try (Statement sync = connection.createStatement()) {
      sync.execute("CHECKPOINT SYNC");
    }
  }

  @Override
  public String bytes() {
    return "BINARY LARGE OBJECT";
  }
}
