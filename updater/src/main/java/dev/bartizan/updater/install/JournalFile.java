// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.install;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.updater.disk.DocumentFormat;
import dev.bartizan.updater.disk.FormatRefusal;
import java.util.Optional;

/**
 * The content of the journal file: one checksummed line with a page and the newest history line.
 *
 * @param newest empty only before anything ever happened
 */
record JournalFile(JournalPage page, Optional<HistoryRecord> newest) {
  static final DocumentFormat FORMAT = new DocumentFormat("bartizan-journal", 1);

  /**
   * @param version of {@link #FORMAT}; the history's lines belong to it
   */
  static byte[] encode(int version, JournalPage page, Optional<HistoryRecord> newest) {
    ObjectNode node = ChecksummedLine.object();
    node.put("schema", FORMAT.text(version));
    JournalCodec.write(node, page);
    node.put("newest", newest.map(record -> record.line().text()).orElse(""));
    return ChecksummedLine.of(node).bytes();
  }

  /**
   * Reads the file; empty when a bit of it is not as it was written.
   *
   * @throws JournalRefusal when it is whole, but another version's: it is not ours to repair
   */
  static Optional<JournalFile> decode(byte[] file) throws JournalRefusal {
    Optional<ChecksummedLine> line = ChecksummedLine.read(file);
    if (line.isEmpty()) {
      return Optional.empty();
    }
    String named = line.get().body().path("schema").asText();
    try {
      FORMAT.accept(Optional.of(named), Journal.FILE.path());
      return Optional.of(Fields.read(line.get().body(), JournalFile::read));
    } catch (FormatRefusal another) {
      throw new JournalRefusal(JournalRefusal.Code.JOURNAL_SCHEMA, another.getMessage(), another);
    } catch (IllegalArgumentException unknown) {
      throw new JournalRefusal(
          JournalRefusal.Code.JOURNAL_SCHEMA, "journal: " + unknown.getMessage(), unknown);
    }
  }

  private static JournalFile read(Fields in) {
    in.text("schema");
    return new JournalFile(JournalCodec.readPage(in), newest(in.text("newest")));
  }

  private static Optional<HistoryRecord> newest(String line) {
    return line.isEmpty() ? Optional.empty() : HistoryRecord.read(line.getBytes(US_ASCII));
  }

  HistoryHead head() {
    return newest.map(HistoryRecord::head).orElse(HistoryHead.NOTHING);
  }
}
