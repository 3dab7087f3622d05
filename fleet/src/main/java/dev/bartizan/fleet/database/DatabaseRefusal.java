// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.database;

import dev.bartizan.crypto.Refusal;

/** This is not a database to work with. Nothing has changed. */
public final class DatabaseRefusal extends Refusal {
  private static final long serialVersionUID = 1L;

  private final Reason reason;

  /** Why not. */
  public enum Reason {
    /** Another server has it, and this kind is for one. */
    SERVED_ALREADY,
    /** It was made by a newer version of this program. */
    NEWER_DATABASE,
    /** The directory keeps devices in files, as an earlier version did. */
    OLD_LAYOUT,
    /** Its password is nowhere, or is for others than its owner to read. */
    NO_PASSWORD
  }

  DatabaseRefusal(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }

  @Override
  public String code() {
    return reason.name();
  }
}
