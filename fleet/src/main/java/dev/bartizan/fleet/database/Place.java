// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.database;

import dev.bartizan.crypto.Refusal;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;

/** Where the database is, and what it is. */
interface Place {
  /** A new connection, in no transaction. */
  Connection connect() throws SQLException, IOException, Refusal;

  /** Makes what was done durable. */
  void commit(Connection connection) throws SQLException;

  /** The type of columns for bytes. */
  String bytes();
}
