// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.install;

import dev.bartizan.crypto.Refusal;

/** The chain of the history does not hold. */
public final class HistoryRefusal extends Refusal {
  private static final long serialVersionUID = 1L;

  private final long entry;

  HistoryRefusal(long entry, String fault) {
    super("history: entry " + entry + ": " + fault);
    this.entry = entry;
  }

  @Override
  public String code() {
    return "HISTORY_BROKEN";
  }

  /** The sequence number of the first entry that is not as it was written. */
  public long entry() {
    return entry;
  }
}
