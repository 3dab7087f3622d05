// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.database;

import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.json.JsonFields;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.fleet.broker.KeyLog.Head;
import dev.bartizan.updater.disk.DocumentFormat;
import dev.bartizan.updater.disk.SharedDirectory;
import java.io.IOException;
import java.util.Optional;

/** How long the record of keys is, and its head, beside the database. */
final class KeyLogMark {
  private static final DocumentFormat FORMAT = new DocumentFormat("bartizan-key-log-head", 1);
  private static final String FILE = "key-log.json";
  private static final int MAX_LENGTH = 1024;

  private final SharedDirectory folder;

  KeyLogMark(SharedDirectory folder) {
    this.folder = folder;
  }

  Optional<Head> known() throws IOException, Refusal {
    Optional<byte[]> file = folder.find(FILE, MAX_LENGTH);
    if (file.isEmpty()) {
      return Optional.empty();
    }
    String what = folder.path(FILE).toString();
    JsonFields fields = StrictJson.read(file.get(), MAX_LENGTH, what);
    FORMAT.require(fields, what);
    return Optional.of(new Head(fields.number("entries"), fields.digest("head")));
  }

  /** Of several at once the longest counts. */
  void remember(Head head) throws IOException, Refusal {
    folder.exclusively(
        () -> {
          if (known().filter(it -> it.entries() >= head.entries()).isEmpty()) {
            folder.writePrivate(
                FILE,
                StrictJson.writeIndented(
                    FORMAT
                        .begin()
                        .put("entries", head.entries())
                        .put("head", head.digest().hex())));
          }
          return head;
        });
  }
}
