// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.install;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What a history file holds: the records from its beginning as far as they hold, and why they end.
 *
 * @param records the sound beginning
 * @param isTorn an unfinished line follows, as a power cut leaves it
 * @param fault what is wrong after the sound beginning; empty when nothing or only a torn line
 */
record HistoryChain(List<HistoryRecord> records, boolean isTorn, Optional<HistoryRefusal> fault) {
  static final HistoryChain EMPTY = new HistoryChain(List.of(), false, Optional.empty());

  HistoryChain {
    records = List.copyOf(records);
  }

  static HistoryChain read(byte[] file) {
    List<HistoryRecord> records = new ArrayList<>();
    int from = 0;
    for (int end = endOfLine(file, from); end > 0; end = endOfLine(file, from)) {
      Optional<HistoryRefusal> fault = add(records, Arrays.copyOfRange(file, from, end));
      if (fault.isPresent()) {
        return new HistoryChain(records, false, fault);
      }
      from = end;
    }
    return new HistoryChain(records, from < file.length, Optional.empty());
  }

  /**
   * Where the line that begins at {@code from} ends, its line feed included; 0 when it does not.
   */
  private static int endOfLine(byte[] file, int from) {
    for (int at = from; at < file.length; at++) {
      if (file[at] == '\n') {
        return at + 1;
      }
    }
    return 0;
  }

  private static Optional<HistoryRefusal> add(List<HistoryRecord> records, byte[] line) {
    long number = records.isEmpty() ? 0 : records.get(records.size() - 1).head().entries();
    try {
      Optional<HistoryRecord> record = HistoryRecord.read(line);
      if (record.isEmpty()) {
        return Optional.of(new HistoryRefusal(number, "not as it was written"));
      }
      if (!fits(records, record.get())) {
        return Optional.of(new HistoryRefusal(number, "does not follow the one before"));
      }
      records.add(record.get());
      return Optional.empty();
    } catch (IllegalArgumentException unknown) {
      return Optional.of(new HistoryRefusal(number, "unknown form: " + unknown.getMessage()));
    }
  }

  private static boolean fits(List<HistoryRecord> records, HistoryRecord record) {
    return records.isEmpty()
        ? record.canBegin()
        : record.follows(records.get(records.size() - 1).head());
  }

  Optional<HistoryRecord> last() {
    return records.isEmpty() ? Optional.empty() : Optional.of(records.get(records.size() - 1));
  }

  HistoryHead head() {
    return last().map(HistoryRecord::head).orElse(HistoryHead.NOTHING);
  }

  boolean isSound() {
    return fault.isEmpty() && !isTorn;
  }

  boolean isEmpty() {
    return records.isEmpty() && isSound();
  }

  /** Whether {@code link} is all that is missing at the end. */
  boolean lacksOnly(HistoryRecord record) {
    return record.follows(head()) || (isEmpty() && record.canBegin());
  }

  /** What was installed at the end. */
  Components components() {
    return records.stream()
        .flatMap(record -> record.entry().components().stream())
        .reduce(Components.none(), (before, after) -> after);
  }

  List<HistoryEntry> entries() {
    return records.stream().map(HistoryRecord::entry).toList();
  }

  /** The sound beginning, and one more. */
  HistoryChain plus(HistoryRecord record) {
    List<HistoryRecord> all = new ArrayList<>(records);
    all.add(record);
    return new HistoryChain(all, false, Optional.empty());
  }

  /** The file again, without what follows the sound beginning. */
  byte[] bytes() {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    records.forEach(record -> all.writeBytes(record.line().bytes()));
    return all.toByteArray();
  }
}
