// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.database;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.keystore.Ueid;
import dev.bartizan.fleet.attest.LogStore;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Optional;

/** Boot logs, numbered in the order in which they came. */
final class LogTable implements LogStore {
  /** Three of a boot, and those of the boot before, of an update and of a failed one. */
  static final int KEPT = 12;

  private final Database database;

  LogTable(Database database) {
    this.database = database;
  }

  @Override
  public Optional<Bytes> find(Ueid device, Digest digest) throws IOException, Refusal {
    return database
        .read(
            sql ->
                sql.first(
                    "SELECT content FROM boot_log WHERE device = ? AND digest = ?",
                    row -> Bytes.of(row.getBytes(1)),
                    device.text(),
                    digest.hex()))
        .filter(content -> Digest.of(content.asBuffer()).equals(digest));
  }

  @Override
  public void keep(Ueid device, Bytes log) throws IOException, Refusal {
    Digest digest = Digest.of(log.asBuffer());
    if (find(device, digest).isEmpty()) {
      database.change(sql -> add(sql, device, digest, log));
    }
  }

  private static int add(Sql sql, Ueid device, Digest digest, Bytes log) throws SQLException {
    // One that is there and is not what it says makes way.
    sql.run("DELETE FROM boot_log WHERE device = ? AND digest = ?", device.text(), digest.hex());
    sql.run(
        "INSERT INTO boot_log (device, digest, content) VALUES (?, ?, ?)",
        device.text(),
        digest.hex(),
        log.toArray());
    return sql.run(
        "DELETE FROM boot_log WHERE number IN"
            + " (SELECT number FROM boot_log WHERE device = ? ORDER BY number DESC OFFSET ?)",
        device.text(),
        KEPT);
  }
}
