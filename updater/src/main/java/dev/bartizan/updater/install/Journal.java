// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.install;

import dev.bartizan.updater.disk.Disk;
import dev.bartizan.updater.disk.DurableFile;
import dev.bartizan.updater.disk.FileName;
import dev.bartizan.updater.software.Commitment;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Optional;

/**
 * The one record of what is installed and under way, replaced as a whole with each transition, and
 * the history that follows it.
 *
 * <p>Order matters: the journal first, with the newest history line in it, then the line into the
 * history. A cut between the two is repaired from the journal, so that neither can say more than
 * the other for longer than one line.
 */
final class Journal {
  static final FileName FILE = FileName.of("journal");
  static final FileName BROKEN = FileName.of("journal.broken");

  /** What the history file owes to the journal. */
  enum Debt {
    NOTHING,
    /** The newest line. */
    NEWEST,
    /** All of it: the end of the file is unfinished or in doubt. */
    REWRITE
  }

  private final Disk disk;
  private final History history;
  private final InstantSource clock;

  // Read by other threads for status; written by the one that drives the installer.
  private volatile JournalPage page;
  private volatile Optional<HistoryRecord> newest;
  private Debt debt;

  Journal(
      Disk disk, InstantSource clock, JournalPage page, Optional<HistoryRecord> newest, Debt debt) {
    this.disk = disk;
    this.history = new History(disk);
    this.clock = clock;
    this.page = page;
    this.newest = newest;
    this.debt = debt;
  }

  JournalPage page() {
    return page;
  }

  HistoryHead head() {
    return newest.map(HistoryRecord::head).orElse(HistoryHead.NOTHING);
  }

  /**
   * Makes {@code next} durable without an entry in the history.
   *
   * @throws IOException and {@link #page} still is what it was; so is, after a restart, the disk,
   *     or it is {@code next}
   */
  void write(JournalPage next) throws IOException {
    catchUp();
    replace(next, newest);
  }

  /**
   * Makes {@code next} durable together with what happened, then the history. When only the history
   * fails, it is owed, and the next call pays or fails.
   *
   * @throws IOException as {@link #write}
   */
  void record(JournalPage next, HistoryEvent event) throws IOException {
    boolean same = next.components().equals(page.components());
    record(next, event, same ? Optional.empty() : Optional.of(next.components()));
  }

  /** Records what is installed, whole, so that the history can be read from here on. */
  void checkpoint(JournalPage next, HistoryEvent event) throws IOException {
    record(next, event, Optional.of(next.components()));
  }

  private void record(JournalPage next, HistoryEvent event, Optional<Components> components)
      throws IOException {
    catchUp();
    replace(next, Optional.of(HistoryRecord.after(head(), clock.instant(), event, components)));
    debt = Debt.NEWEST;
    payIfPossible();
  }

  /** The transition has happened: an exception now would say that it had not. */
  void payIfPossible() {
    try {
      catchUp();
    } catch (IOException kept) {
      // The debt is: the next call pays it or fails.
    }
  }

  private void replace(JournalPage next, Optional<HistoryRecord> record) throws IOException {
    int version = new Commitment(disk).toWrite(JournalFile.FORMAT);
    DurableFile.replace(disk, FILE, JournalFile.encode(version, next, record));
    page = next;
    newest = record;
  }

  /** Brings the history up to the journal; does nothing when it is. */
  void catchUp() throws IOException {
    Debt owed = debt;
    debt = Debt.REWRITE; // Until it is known that the line arrived whole, and not twice.
    switch (owed) {
      case NOTHING -> {}
      case NEWEST -> history.append(newest.orElseThrow());
      case REWRITE -> history.rewrite(completed(history.load()));
    }
    debt = Debt.NOTHING;
  }

  private HistoryChain completed(HistoryChain chain) throws IOException {
    if (chain.head().equals(head())) {
      return chain;
    }
    HistoryRecord record = newest.orElseThrow();
    if (!chain.lacksOnly(record)) {
      throw new IOException("history: damaged while in use; it is repaired at the next start");
    }
    return chain.plus(record);
  }

  /**
   * Begins a new history file; the one before stays as {@code history.1}. Cut or failed half-way,
   * the next start goes on from there.
   */
  void turnOver() throws IOException {
    checkpoint(page, HistoryEvent.checkpoint("continues history.1"));
    catchUp(); // The old file ends with the same line as the new one begins.
    history.moveTo(History.OLDER);
    debt = Debt.NEWEST;
    catchUp();
  }
}
