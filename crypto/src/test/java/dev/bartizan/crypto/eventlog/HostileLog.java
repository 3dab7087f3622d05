// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.eventlog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.json.StrictJson;
import java.util.List;
import java.util.Map;

/** What holds of any bytes at all that are offered as a log. */
final class HostileLog {
  /**
   * What a reader may make of one byte of log: an event has a few objects, and 16 bytes at least.
   */
  private static final int GROWTH = 64;

  private static final int ALWAYS = 4096;

  private HostileLog() {}

  /** Seeds to start from: one log of each format. */
  static List<byte[]> seeds() {
    String record =
        "{\"pcr\":11,\"digests\":[{\"hashAlg\":\"sha256\",\"digest\":\""
            + "ab".repeat(32)
            + "\"}],\"content_type\":\"systemd\",\"content\":{\"string\":\"ready\"}}";
    return List.of(
        FirmwareBoot.log("k", LogHash.SHA1, LogHash.SHA256).toArray(),
        EventLogBuilder.sha1().separator(0).separator(7).build().toArray(),
        EventLogBuilder.ascii("\u001e" + record + "\n\u001e" + record + "\n"),
        EventLogBuilder.ascii("[" + record + "]"),
        Bytes.ofHex(
                "00000000080000000000000000010000000107030000001904000000140000000000000000000000000000"
                    + "0000000000000500000013000000000400000004010000000500000000aa")
            .toArray());
  }

  /** Reads, and fails unless that ends in a log that keeps its promises or in the typed refusal. */
  static void read(byte[] content) {
    EventLog log;
    try {
      log = EventLog.read(Bytes.of(content));
    } catch (LogRefusal refused) {
      String message = refused.getMessage();
      assertTrue(message.startsWith("event log: ") && message.length() < 1000, message);
      return;
    }
    assertTrue(log.events().size() <= EventLog.MAX_EVENTS);
    assertTrue(log.events().stream().mapToInt(it -> it.data().length()).sum() <= content.length);
    byte[] document = StrictJson.write(EventLogDocument.of(log));
    assertTrue(document.length <= GROWTH * content.length + ALWAYS, document.length + " bytes");
    log.replay().banks().forEach((bank, pcrs) -> assertPossible(log, bank, pcrs));
    assertFalse(log.banks().isEmpty() && log.replay().banks().size() > 0);
  }

  private static void assertPossible(EventLog log, LogHash bank, Map<Integer, Bytes> pcrs) {
    pcrs.forEach(
        (pcr, value) -> {
          assertEquals(bank.size(), value.length());
          assertTrue(pcr >= 0 && pcr <= EventLog.LAST_PCR);
          assertTrue(log.events().stream().anyMatch(it -> it.extendsPcr() && it.pcr() == pcr));
        });
  }
}
