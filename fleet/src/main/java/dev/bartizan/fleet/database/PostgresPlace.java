// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.database;

import dev.bartizan.crypto.SecretBytes;
import dev.bartizan.crypto.TouchesTheWorld;
import dev.bartizan.crypto.keystore.KeystoreRefusal;
import dev.bartizan.crypto.keystore.Passphrase;
import dev.bartizan.crypto.keystore.SecretFile;
import dev.bartizan.fleet.DatabaseChoice;
import dev.bartizan.fleet.database.DatabaseRefusal.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;

/** A PostgreSQL. Its password is read from its file for each connection, so that it can change. */
@TouchesTheWorld("a database server")
final class PostgresPlace implements Place {
  private static final String CONNECT_SECONDS = "10";

  /** A server that is silent for longer is away: else a request would wait for it for ever. */
  private static final String SILENCE_SECONDS = "30";

  private final DatabaseChoice.Server server;
  private final Passphrase password;

  /**
   * @param directory that a relative path to the password begins at
   */
  PostgresPlace(DatabaseChoice.Server server, Path directory) {
    this.server = server;
    this.password = new SecretFile(directory.resolve(server.passwordFile()));
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

  /** The driver wants a string, so that one is left to the garbage collector. */
  private String password() throws IOException, DatabaseRefusal {
    try (SecretBytes secret = password.read()) {
      return secret.reveal(bytes -> new String(bytes, StandardCharsets.US_ASCII));
    } catch (KeystoreRefusal unfit) {
      throw new DatabaseRefusal(Reason.NO_PASSWORD, String.valueOf(unfit.getMessage()));
    }
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
