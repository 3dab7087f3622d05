// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.install;

import dev.bartizan.updater.disk.Disk;
import dev.bartizan.updater.disk.FileName;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Finds journal and history as the last process or power cut left them, and puts them right. */
final class JournalOpening {
  private static final int JOURNAL_MAX_BYTES = 1 << 20;

  private final Disk disk;
  private final InstantSource clock;
  private final History history;

  private JournalOpening(Disk disk, InstantSource clock) {
    this.disk = disk;
    this.clock = clock;
    this.history = new History(disk);
  }

  /** A journal that can be used, and what had to be done for it. */
  record Opened(Journal journal, Recovery recovery) {}

  static Opened open(Disk disk, InstantSource clock) throws IOException, JournalRefusal {
    return new JournalOpening(disk, clock).open();
  }

  /** What is installed, if journal and history are whole and agree; puts nothing right. */
  static InstalledState look(Disk disk) throws IOException, JournalRefusal, HistoryRefusal {
    if (disk.size(Journal.FILE).isEmpty()) {
      History.verify(disk, HistoryHead.NOTHING);
      return new InstalledState(Components.none(), HistoryHead.NOTHING);
    }
    JournalFile file =
        readJournal(disk)
            .orElseThrow(
                () ->
                    new JournalRefusal(
                        JournalRefusal.Code.JOURNAL_BROKEN,
                        "journal: not as it was written",
                        null));
    History.verify(disk, file.head());
    return new InstalledState(file.page().components(), file.head());
  }

  private Opened open() throws IOException, JournalRefusal {
    HistoryChain chain = history.load();
    boolean isThere = disk.size(Journal.FILE).isPresent();
    if (!isThere && chain.isEmpty()) {
      return new Opened(
          journal(JournalPage.empty(), Optional.empty(), Journal.Debt.NOTHING), Recovery.NONE);
    }
    Optional<JournalFile> file = readJournal(disk);
    if (file.isEmpty()) {
      return rebuild(chain, isThere ? "not as it was written" : "missing");
    }
    return reconcile(file.get(), chain);
  }

  private static Optional<JournalFile> readJournal(Disk disk) throws IOException, JournalRefusal {
    return readJournal(disk, Journal.FILE);
  }

  /** What is in {@code name}; empty when that is missing or damaged. */
  static Optional<JournalFile> readJournal(Disk disk, FileName name)
      throws IOException, JournalRefusal {
    if (disk.size(name).orElse(0L) > JOURNAL_MAX_BYTES) {
      return Optional.empty();
    }
    Optional<byte[]> content = disk.read(name, JOURNAL_MAX_BYTES);
    return content.isPresent() ? JournalFile.decode(content.get()) : Optional.empty();
  }

  /** The journal is whole: does the history agree? */
  private Opened reconcile(JournalFile file, HistoryChain chain)
      throws IOException, JournalRefusal {
    if (chain.head().equals(file.head())) {
      return chain.isSound() ? level(file) : complete(file, "bytes after the last entry");
    }
    if (file.newest().filter(chain::lacksOnly).isPresent()) {
      return complete(file, "the last entry was missing or unfinished");
    }
    if (goesBeyond(file, chain)) {
      // The journal is written first, so one that is behind was put back by somebody.
      return rebuild(chain, "older than the history");
    }
    return replaceHistory(file, chain);
  }

  private Opened level(JournalFile file) throws IOException {
    Journal journal = journal(file.page(), file.newest(), Journal.Debt.NOTHING);
    if (history.isLong() && hasRoom()) {
      journal.turnOver();
    }
    return new Opened(journal, Recovery.NONE);
  }

  /** Housekeeping must not keep a device with a full disk from reading what it is to serve. */
  private boolean hasRoom() throws IOException {
    return disk.usableBytes() > JOURNAL_MAX_BYTES;
  }

  private static boolean goesBeyond(JournalFile file, HistoryChain chain) {
    return file.newest().isEmpty()
        || chain.records().stream().anyMatch(it -> it.head().equals(file.head()));
  }

  private Opened complete(JournalFile file, String detail) throws IOException {
    boolean startsAnew = disk.size(History.FILE).isEmpty();
    Journal journal =
        journal(
            file.page(), file.newest(), startsAnew ? Journal.Debt.NEWEST : Journal.Debt.REWRITE);
    journal.payIfPossible();
    return new Opened(journal, new Recovery(Recovery.Kind.HISTORY_COMPLETED, "history: " + detail));
  }

  private Opened replaceHistory(JournalFile file, HistoryChain chain) throws IOException {
    String fault =
        chain.fault().map(HistoryRefusal::getMessage).orElse("history: entries are missing");
    history.moveTo(History.BROKEN);
    Journal journal = journal(file.page(), file.newest(), Journal.Debt.NOTHING);
    journal.checkpoint(file.page(), HistoryEvent.checkpoint(fault));
    journal.catchUp();
    return new Opened(journal, new Recovery(Recovery.Kind.HISTORY_REPLACED, fault));
  }

  /** The journal is lost: what was installed is known from the history, if that is whole. */
  private Opened rebuild(HistoryChain chain, String fault) throws IOException, JournalRefusal {
    if (chain.fault().isPresent() || chain.records().isEmpty()) {
      throw new JournalRefusal(
          JournalRefusal.Code.JOURNAL_BROKEN,
          "journal: " + fault + ", and the history is no help",
          chain.fault().orElse(null));
    }
    moveJournalAside();
    JournalPage page = lastKnown(chain);
    Journal journal =
        journal(page, chain.last(), chain.isTorn() ? Journal.Debt.REWRITE : Journal.Debt.NOTHING);
    journal.checkpoint(page, HistoryEvent.recovered("journal: " + fault));
    journal.catchUp();
    return new Opened(journal, new Recovery(Recovery.Kind.JOURNAL_REBUILT, "journal: " + fault));
  }

  private void moveJournalAside() throws IOException {
    if (disk.size(Journal.FILE).isPresent()) {
      disk.rename(Journal.FILE, Journal.BROKEN);
      disk.syncDirectory(Journal.FILE.directory());
    }
  }

  private JournalPage lastKnown(HistoryChain chain) {
    List<String> seen =
        chain.entries().stream()
            .map(entry -> entry.event().deployment())
            .filter(id -> !id.isEmpty())
            .distinct()
            .toList();
    return new JournalPage(
        chain.components(),
        Optional.empty(),
        lastOutcome(chain).stream().toList(),
        seen.subList(Math.max(0, seen.size() - JournalPage.SEEN_MAX), seen.size()));
  }

  /** How the last deployment ended is told again: nobody knows any more whether it was heard. */
  private Optional<Outcome> lastOutcome(HistoryChain chain) {
    return chain.entries().stream()
        .filter(entry -> !entry.event().deployment().isEmpty())
        .reduce((before, after) -> after)
        .map(entry -> outcome(entry.event(), entry.time()));
  }

  private static Outcome outcome(HistoryEvent last, Instant at) {
    UpdateState reached =
        UpdateState.valueOf(last.what().toUpperCase(Locale.ROOT).replace('-', '_'));
    return new Outcome(
        last.deployment(),
        ComponentName.of(last.component()),
        end(reached),
        last.from(),
        last.to().orElseThrow(),
        last.by().orElseThrow(),
        reached.isTerminal() ? last.why() : "JOURNAL_LOST: while " + reached.text(),
        at);
  }

  private static UpdateState end(UpdateState reached) {
    if (reached.isTerminal()) {
      return reached;
    }
    return reached.isOnTrial() ? UpdateState.ROLLED_BACK : UpdateState.FAILED;
  }

  private Journal journal(JournalPage page, Optional<HistoryRecord> newest, Journal.Debt debt) {
    return new Journal(disk, clock, page, newest, debt);
  }
}
