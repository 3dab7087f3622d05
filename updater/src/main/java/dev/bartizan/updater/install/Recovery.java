// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.install;

/**
 * In what shape journal and history were found, and what was done about it.
 *
 * @param detail one line for people; empty for {@link Kind#NONE}
 */
public record Recovery(Kind kind, String detail) {
  /** What was done. */
  public enum Kind {
    /** Nothing: both were whole, or there was nothing yet. */
    NONE,
    /** The last entry was missing or unfinished in the history; the journal had it. */
    HISTORY_COMPLETED,
    /** The history was damaged: moved to {@code history.broken}, a new one goes on from there. */
    HISTORY_REPLACED,
    /** The journal was damaged: moved to {@code journal.broken}, rebuilt from the history. */
    JOURNAL_REBUILT
  }

  static final Recovery NONE = new Recovery(Kind.NONE, "");
}
