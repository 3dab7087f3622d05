// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.database;

import dev.bartizan.crypto.Refusal;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;

/** Lets connections in: each leads to a database of our form, that is no older than it was. */
final class Gate {
  private final Place place;
  private final Watermark watermark;
  private boolean isOfOurForm;

  Gate(Place place, Watermark watermark) {
    this.place = place;
    this.watermark = watermark;
  }

  Connection enter() throws SQLException, IOException, Refusal {
    Connection connection = place.connect();
    boolean good = false;
    try {
      requireForm(connection);
      connection.setAutoCommit(false);
      watermark.require(connection, place);
      good = true;
      return connection;
    } finally {
      if (!good) {
        connection.close();
      }
    }
  }

  /** Once: nobody takes it back while we run. */
  private synchronized void requireForm(Connection connection)
      throws SQLException, IOException, Refusal {
    if (!isOfOurForm) {
      new Form(place).require(connection);
      isOfOurForm = true;
    }
  }

  Place place() {
    return place;
  }
}
