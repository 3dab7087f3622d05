// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.broker;

import dev.bartizan.crypto.Refusal;

/** The record of released keys was changed, or damaged. */
public final class KeyLogBroken extends Refusal {
  private static final long serialVersionUID = 1L;

  private final long entry;

  public KeyLogBroken(String record, long entry, String why) {
    super(record + ": entry " + entry + " " + why);
    this.entry = entry;
  }

  /** The first that does not hold, from 0. */
  public long entry() {
    return entry;
  }

  @Override
  public String code() {
    return "KEY_LOG_BROKEN";
  }
}
