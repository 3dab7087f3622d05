// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.database;

import dev.bartizan.crypto.TouchesTheWorld;
import dev.bartizan.fleet.DatabaseChoice;
import dev.bartizan.fleet.database.DatabaseRefusal.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;
import java.util.Set;

/** A PostgreSQL. Its password is read from its file for each connection, so that it can change. */
@TouchesTheWorld("a server, and the file with its password")
final class PostgresPlace implements Place {
  private static final int MAX_PASSWORD = 1024;
  private static final String CONNECT_SECONDS = "10";

  /** A server that is silent for longer is away: else a request would wait for it for ever. */
  private static final String SILENCE_SECONDS = "30";

  private final DatabaseChoice.Server server;
  private final Path passwordFile;

  /**
   * @param directory that a relative path to the password begins at
   */
  PostgresPlace(DatabaseChoice.Server server, Path directory) {
    this.server = server;
    this.passwordFile = directory.resolve(server.passwordFile());
  }

  @Override
  public Connection connect() throws SQLException, IOException, DatabaseRefusal {
    Properties properties = new Properties();
    properties.setProperty("user", server.user());
    properties.setProperty("password", password());
    properties.setProperty("connectTimeout", CONNECT_SECONDS);
    properties.setProperty("socketTimeout", SILENCE_SECONDS);
    properties.setProperty("tcpKeepAlive", "true");
    properties.setProperty("ApplicationName", "bartizan-fleet");
    return DriverManager.getConnection(server.url(), properties);
  }

  private String password() throws IOException, DatabaseRefusal {
    Set<PosixFilePermission> mode = Files.getPosixFilePermissions(passwordFile);
    if (mode.contains(PosixFilePermission.OTHERS_READ)) {
      throw new DatabaseRefusal(
          Reason.NO_PASSWORD, passwordFile + " is for everybody to read: chmod 600");
    }
    if (Files.size(passwordFile) > MAX_PASSWORD) {
      throw new DatabaseRefusal(Reason.NO_PASSWORD, passwordFile + " is no password");
    }
    return Files.readString(passwordFile, StandardCharsets.UTF_8).lines().findFirst().orElse("");
  }

  @Override
  public void commit(Connection connection) throws SQLException {
    connection.commit();
  }

  @Override
  public String bytes() {
    return "BYTEA";
  }
}
