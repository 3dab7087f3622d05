// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.database;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.bartizan.crypto.Refusal;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

/** For a server: as many connections as it has work for, and new ones for those that broke. */
final class Pool implements Connections {
  private static final int MOST = 10;

  /** A request waits no longer: its device asks again. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  /** Goes on when the database is away at first: it is asked again with each request. */
  private static final long AT_ANY_TIME = -1;

  private final Gate gate;
  private final HikariDataSource pool;

  private Pool(Gate gate, HikariDataSource pool) {
    this.gate = gate;
    this.pool = pool;
  }

  /** Opens one; what would keep every connection out is told now. */
  static Pool open(Gate gate) throws SQLException, IOException, Refusal {
    gate.enter().close();
    HikariConfig config = new HikariConfig();
    config.setDataSource(new Source(gate::enter));
    config.setPoolName("fleet");
    config.setAutoCommit(false);
    config.setMaximumPoolSize(MOST);
    config.setMinimumIdle(1);
    config.setConnectionTimeout(PATIENCE.toMillis());
    config.setInitializationFailTimeout(AT_ANY_TIME);
    return new Pool(gate, new HikariDataSource(config));
  }

  @Override
  public Connection take() throws SQLException {
    return pool.getConnection();
  }

  @Override
  public void give(Connection connection, boolean good) {
    try {
      if (!good) {
        pool.evictConnection(connection);
      }
      connection.close();
    } catch (SQLException gone) {
      // The pool makes another.
    }
  }

  @Override
  public void commit(Connection connection) throws SQLException {
    gate.place().commit(connection);
  }

  @Override
  public void close() {
    pool.close();
  }
}
