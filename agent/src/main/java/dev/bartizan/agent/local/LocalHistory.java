// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.local;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.updater.disk.Disk;
import dev.bartizan.updater.install.History;
import dev.bartizan.updater.install.HistoryEntry;
import dev.bartizan.updater.install.HistoryHead;
import dev.bartizan.updater.install.HistoryRefusal;
import dev.bartizan.updater.install.Initiator;
import dev.bartizan.updater.install.Release;
import java.io.IOException;
import java.util.Locale;
import java.util.function.Supplier;

/** The update history as {@code bartizan history --json} prints it. */
public final class LocalHistory {
  /** How often a history is looked at that changes all the time. */
  private static final int LOOKS = 10;

  private final Disk disk;
  private final Supplier<HistoryHead> head;

  /**
   * @param head its end, as it is now
   */
  LocalHistory(Disk disk, Supplier<HistoryHead> head) {
    this.disk = disk;
    this.head = head;
  }

  /** From the file, at once: a step that is written meanwhile makes it worth another look. */
  byte[] document() throws IOException, Refusal {
    for (int look = 1; ; look++) {
      HistoryHead before = head.get();
      try {
        History.verify(disk, before);
        return read(disk);
      } catch (HistoryRefusal changed) {
        if (look == LOOKS || (head.get().equals(before) && look > 1)) {
          throw changed;
        }
      }
    }
  }

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

  private static String signer(Initiator initiator) {
    return initiator.kind().name().toLowerCase(Locale.ROOT) + " " + initiator.by();
  }
}
