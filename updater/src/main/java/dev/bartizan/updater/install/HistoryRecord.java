// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.install;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.Optional;

/** A history entry as it stands in the file: one record of the chain. */
record HistoryRecord(HistoryEntry entry, ChecksummedLine line) {
  /** The record that follows {@code head}. */
  static HistoryRecord after(
      HistoryHead head, Instant now, HistoryEvent event, Optional<Components> components) {
    HistoryEntry entry = new HistoryEntry(head.entries(), now, event, components, head.digest());
    ObjectNode body = JournalCodec.write(entry);
    return new HistoryRecord(entry, ChecksummedLine.of(body));
  }

  /**
   * Reads a whole line; empty when a bit of it is not as it was written.
   *
   * @throws IllegalArgumentException when it is, but has fields this version does not know
   */
  static Optional<HistoryRecord> read(byte[] line) {
    return ChecksummedLine.read(line)
        .map(it -> new HistoryRecord(Fields.read(it.body(), JournalCodec::readEntry), it));
  }

  HistoryHead head() {
    return new HistoryHead(entry.entry() + 1, line.digest());
  }

  /** Whether this may stand right after {@code head}. */
  boolean follows(HistoryHead head) {
    return entry.entry() == head.entries() && entry.previous().equals(head.digest());
  }

  /** Whether this may be the first of a file: the very first, or one that says what came before. */
  boolean canBegin() {
    return follows(HistoryHead.NOTHING) || entry.event().isCheckpoint();
  }
}
