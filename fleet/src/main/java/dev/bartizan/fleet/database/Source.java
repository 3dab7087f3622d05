// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.database;

import dev.bartizan.crypto.Refusal;
import java.io.IOException;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** A way to connections, as libraries want it. */
final class Source implements DataSource {
  private final Opener opener;

  Source(Opener opener) {
    this.opener = opener;
  }

  /** Makes connections. */
  @FunctionalInterface
  interface Opener {
    Connection open() throws SQLException, IOException, Refusal;
  }

  @Override
  public Connection getConnection() throws SQLException {
    try {
      return opener.open();
    } catch (IOException | Refusal refused) {
      throw new SQLException(refused.getMessage(), refused);
    }
  }

  @Override
  public Connection getConnection(String user, String password) throws SQLException {
    throw new SQLFeatureNotSupportedException("it is known who asks");
  }

  @Override
  public @Nullable PrintWriter getLogWriter() {
    return null;
  }

  @Override
  public void setLogWriter(@Nullable PrintWriter out) {
    // It has nothing to say.
  }

  @Override
  public void setLoginTimeout(int seconds) {
    // Whoever opens has his own.
  }

  @Override
  public int getLoginTimeout() {
    return 0;
  }

  @Override
  public Logger getParentLogger() throws SQLFeatureNotSupportedException {
    throw new SQLFeatureNotSupportedException("it has nothing to say");
  }

  @Override
  public <T> T unwrap(Class<T> wanted) throws SQLException {
    throw new SQLException("there is nothing in it");
  }

  @Override
  public boolean isWrapperFor(Class<?> wanted) {
    return false;
  }
}
