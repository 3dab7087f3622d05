// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.database;

import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.keystore.Ueid;
import dev.bartizan.fleet.device.Device;
import dev.bartizan.updater.disk.SharedDirectory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;

/**
 * Who is not trusted, beside the database: a file for each, {@code withdrawn/UEID}, with its state.
 * Written before the database has it, so that what is missing there is never missing here.
 */
final class Withdrawn {
  private static final String FOLDER = "withdrawn";
  private static final int MAX_LENGTH = 100;

  private final SharedDirectory folder;

  Withdrawn(SharedDirectory folder) {
    this.folder = folder;
  }

  void add(Ueid device, Device.State state) throws IOException {
    folder.writePrivate(file(device), state.text().getBytes(StandardCharsets.US_ASCII));
  }

  /** It is trusted again. */
  void remove(Ueid device) throws IOException {
    folder.delete(file(device));
  }

  /**
   * Tells a database that has forgotten.
   *
   * @return how many devices it took for better than they are
   */
  int tell(Sql sql) throws SQLException, IOException, Refusal {
    int told = 0;
    for (String name : folder.list(FOLDER, "")) {
      Ueid device = ueid(name);
      Device.State state = state(name);
      told += DeviceTable.withdraw(sql, device, state) ? 1 : 0;
    }
    return told;
  }

  private static Ueid ueid(String name) throws Malformed {
    try {
      return Ueid.parse(name);
    } catch (IllegalArgumentException wrong) {
      throw new Malformed(FOLDER + "/" + name + " is named after no device", wrong);
    }
  }

  private Device.State state(String name) throws IOException, Malformed {
    String text =
        new String(folder.read(FOLDER + "/" + name, MAX_LENGTH), StandardCharsets.US_ASCII);
    for (Device.State state : Device.State.values()) {
      if (state.text().equals(text)) {
        return state;
      }
    }
    throw new Malformed(folder.path(FOLDER + "/" + name) + ": no state is " + text);
  }

  private static String file(Ueid device) {
    return FOLDER + "/" + device.text();
  }
}
