// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.database;

import dev.bartizan.crypto.Refusal;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** For a command: one connection, made when it is needed first. */
final class OneConnection implements Connections {
  private final Gate gate;
  private final ReentrantLock turn = new ReentrantLock();
  private @Nullable Connection open;

  OneConnection(Gate gate) {
    this.gate = gate;
  }

  @Override
  public Connection take() throws SQLException, IOException, Refusal {
    turn.lock();
    boolean taken = false;
    try {
      if (turn.getHoldCount() > 1) {
        throw new IllegalStateException("a transaction within another");
      }
      Connection connection = open == null ? gate.enter() : open;
      open = connection;
      taken = true;
      return connection;
    } finally {
      if (!taken) {
        turn.unlock();
      }
    }
  }

  @Override
  public void give(Connection connection, boolean good) {
    try {
      if (!good) {
        open = null;
        connection.close();
      }
    } catch (SQLException gone) {
      // It is what we wanted.
    } finally {
      turn.unlock();
    }
  }

  @Override
  public void commit(Connection connection) throws SQLException {
    gate.place().commit(connection);
  }

  @Override
  public void close() throws IOException {
    turn.lock();
    try {
      if (open != null) {
        open.close();
        open = null;
      }
    } catch (SQLException failure) {
      throw new IOException("the database cannot be closed: " + failure.getMessage(), failure);
    } finally {
      turn.unlock();
    }
  }
}
