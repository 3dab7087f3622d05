// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.install;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;

/**
 * The content of the journal file: one sealed line with a page and the newest history line.
 *
 * @param newest empty only before anything ever happened
 */
record JournalFile(JournalPage page, Optional<HistoryRecord> newest) {
  private static final int SCHEMA = 1;

  static byte[] encode(JournalPage page, Optional<HistoryRecord> newest) {
    ObjectNode node = SealedLine.object();
    node.put("schema", SCHEMA);
    JournalCodec.write(node, page);
    node.put("newest", newest.map(link -> link.line().text()).orElse(""));
    return SealedLine.seal(node).bytes();
  }

  /**
   * Reads the file; empty when a bit of it is not as it was written.
   *
   * @throws JournalRefusal when it is whole, but another version's: it is not ours to repair
   */
  static Optional<JournalFile> decode(byte[] file) throws JournalRefusal {
    Optional<SealedLine> line = SealedLine.open(file);
    if (line.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(Fields.read(line.get().body(), JournalFile::read));
    } catch (IllegalArgumentException unknown) {
      throw new JournalRefusal(
          JournalRefusal.Code.JOURNAL_SCHEMA, "journal: " + unknown.getMessage(), unknown);
    }
  }

  private static JournalFile read(Fields in) {
    if (in.number("schema") != SCHEMA) {
      throw new IllegalArgumentException("schema: not " + SCHEMA);
    }
    return new JournalFile(JournalCodec.readPage(in), newest(in.text("newest")));
  }

  private static Optional<HistoryRecord> newest(String line) {
    return line.isEmpty() ? Optional.empty() : HistoryRecord.read(line.getBytes(US_ASCII));
  }

  HistoryHead head() {
    return newest.map(HistoryRecord::head).orElse(HistoryHead.NOTHING);
  }
}
