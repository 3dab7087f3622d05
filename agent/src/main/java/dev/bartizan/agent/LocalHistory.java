// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.updater.disk.Disk;
import dev.bartizan.updater.install.History;
import dev.bartizan.updater.install.HistoryEntry;
import dev.bartizan.updater.install.Initiator;
import dev.bartizan.updater.install.Release;
import java.io.IOException;
import java.util.Locale;

/** The update history as {@code bartizan history --json} prints it. */
public final class LocalHistory {
  private LocalHistory() {}

  /**
   * The document; reading it verifies the chain.
   *
   * @throws Refusal naming the first entry that does not hold
   */
  public static byte[] read(Disk disk) throws IOException, Refusal {
    ObjectNode document = StrictJson.object();
    ArrayNode entries = document.putArray("entries");
    for (HistoryEntry entry : History.read(disk)) {
      entries
          .addObject()
          .put("entry", entry.entry())
          .put("time", entry.time().toString())
          .put("what", entry.event().what())
          .put("deployment", entry.event().deployment())
          .put("component", entry.event().component())
          .put("from", entry.event().from().map(Release::version).orElse(""))
          .put("to", entry.event().to().map(Release::version).orElse(""))
          .put("why", entry.event().why())
          .put("by", entry.event().by().map(LocalHistory::signer).orElse(""));
    }
    return StrictJson.write(document);
  }

  private static String signer(Initiator cause) {
    return cause.kind().name().toLowerCase(Locale.ROOT) + " " + cause.by();
  }
}
