// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.database;

import dev.bartizan.crypto.Refusal;
import java.io.Closeable;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;

/** Connections to the database, each for one transaction at a time. */
interface Connections extends Closeable {
  Connection take() throws SQLException, IOException, Refusal;

  /**
   * Gives back what was taken.
   *
   * @param good whether it can be used again
   */
  void give(Connection connection, boolean good);

  /** Makes what was done durable. */
  void commit(Connection connection) throws SQLException;
}
