// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.database;

import dev.bartizan.crypto.Refusal;
import java.io.Closeable;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;

/** Transactions. What one of them is made of happens as a whole, or not at all. */
final class Database implements Closeable {
  /** Of two that get in each other's way one begins again; more often than this is no accident. */
  private static final int MAX_TRIES = 20;

  private final Connections connections;
  private final Outage outage;

  Database(Connections connections, Outage outage) {
    this.connections = connections;
    this.outage = outage;
  }

  /** What a transaction does; it may be done again, from the beginning. */
  @FunctionalInterface
  interface Work<T> {
    T in(Sql sql) throws SQLException, IOException, Refusal;
  }

  /** Does {@code work}, which changes nothing. */
  <T> T read(Work<T> work) throws IOException, Refusal {
    return repeat(work, false);
  }

  /** Does {@code work}; when this returns it is durable. After an exception it is undone. */
  <T> T change(Work<T> work) throws IOException, Refusal {
    return repeat(work, true);
  }

  private <T> T repeat(Work<T> work, boolean changes) throws IOException, Refusal {
    for (int i = 1; ; i++) {
      try {
        T done = once(work, changes);
        outage.isOver();
        return done;
      } catch (SQLException failure) {
        if (i == MAX_TRIES || !Outage.isCollision(failure)) {
          throw outage.tell(failure);
        }
      }
    }
  }

  private <T> T once(Work<T> work, boolean changes) throws SQLException, IOException, Refusal {
    Connection connection = connections.take();
    boolean done = false;
    try {
      T result = work.in(new Sql(connection));
      if (changes) {
        connections.commit(connection);
      } else {
        connection.rollback();
      }
      done = true;
      return result;
    } finally {
      connections.give(connection, done || isUndone(connection));
    }
  }

  /** Whether it is good for another transaction. */
  private static boolean isUndone(Connection connection) {
    try {
      connection.rollback();
      return true;
    } catch (SQLException gone) {
      return false;
    }
  }

  @Override
  public void close() throws IOException {
    connections.close();
  }
}
