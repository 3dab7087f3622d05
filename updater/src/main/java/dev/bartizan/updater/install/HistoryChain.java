// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.install;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What a history file holds: the links from its beginning as far as they hold, and why they end.
 *
 * @param links the sound beginning
 * @param isTorn an unfinished line follows, as a power cut leaves it
 * @param fault what is wrong after the sound beginning; empty when nothing or only a torn line
 */
record HistoryChain(List<HistoryRecord> links, boolean isTorn, Optional<HistoryRefusal> fault) {
  static final HistoryChain EMPTY = new HistoryChain(List.of(), false, Optional.empty());

  HistoryChain {
    links = List.copyOf(links);
  }

  static HistoryChain read(byte[] file) {
    List<HistoryRecord> links = new ArrayList<>();
    int from = 0;
    for (int end = endOfLine(file, from); end > 0; end = endOfLine(file, from)) {
      Optional<HistoryRefusal> fault = add(links, Arrays.copyOfRange(file, from, end));
      if (fault.isPresent()) {
        return new HistoryChain(links, false, fault);
      }
      from = end;
    }
    return new HistoryChain(links, from < file.length, Optional.empty());
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

  private static Optional<HistoryRefusal> add(List<HistoryRecord> links, byte[] line) {
    long number = links.isEmpty() ? 0 : links.get(links.size() - 1).head().entries();
    try {
      Optional<HistoryRecord> link = HistoryRecord.read(line);
      if (link.isEmpty()) {
        return Optional.of(new HistoryRefusal(number, "not as it was written"));
      }
      if (!fits(links, link.get())) {
        return Optional.of(new HistoryRefusal(number, "does not follow the one before"));
      }
      links.add(link.get());
      return Optional.empty();
    } catch (IllegalArgumentException unknown) {
      return Optional.of(new HistoryRefusal(number, "unknown form: " + unknown.getMessage()));
    }
  }

  private static boolean fits(List<HistoryRecord> links, HistoryRecord link) {
    return links.isEmpty() ? link.canBegin() : link.follows(links.get(links.size() - 1).head());
  }

  Optional<HistoryRecord> last() {
    return links.isEmpty() ? Optional.empty() : Optional.of(links.get(links.size() - 1));
  }

  HistoryHead head() {
    return last().map(HistoryRecord::head).orElse(HistoryHead.NOTHING);
  }

  boolean isSound() {
    return fault.isEmpty() && !isTorn;
  }

  boolean isEmpty() {
    return links.isEmpty() && isSound();
  }

  /** Whether {@code link} is all that is missing at the end. */
  boolean lacksOnly(HistoryRecord link) {
    return link.follows(head()) || (isEmpty() && link.canBegin());
  }

  /** What was installed at the end. */
  Components components() {
    return links.stream()
        .flatMap(link -> link.entry().components().stream())
        .reduce(Components.none(), (before, after) -> after);
  }

  List<HistoryEntry> entries() {
    return links.stream().map(HistoryRecord::entry).toList();
  }

  /** The sound beginning, and one more. */
  HistoryChain plus(HistoryRecord link) {
    List<HistoryRecord> all = new ArrayList<>(links);
    all.add(link);
    return new HistoryChain(all, false, Optional.empty());
  }

  /** The file again, without what follows the sound beginning. */
  byte[] bytes() {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    links.forEach(link -> all.writeBytes(link.line().bytes()));
    return all.toByteArray();
  }
}
