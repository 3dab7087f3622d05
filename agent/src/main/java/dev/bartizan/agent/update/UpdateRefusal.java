// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.update;

import dev.bartizan.crypto.Refusal;

/** A release cannot be had on this device, for a reason that asking again does not change. */
public final class UpdateRefusal extends Refusal {
  private static final long serialVersionUID = 1L;

  /** Why. */
  public enum Reason {
    /** Its epoch is lower than that of the release it would replace. */
    ROLLBACK,
    /** The metadata in a bundle has expired. */
    OFFLINE_EXPIRED,
    /** The fleet has wrapped no key to this device. */
    NO_KEY,
    /** It costs more bytes than one release may. */
    OVER_BUDGET,
    /** The file is for another runtime than this agent has. */
    UNSUPPORTED_FORMAT,
    /**
     * Nothing would start another version: the daemon was not started by a launcher that chooses.
     */
    NO_LAUNCHER,
    /** A file of the release lies where no file of the agent may. */
    BAD_PLACE,
    /** The version is not in its directory as it was signed. */
    NOT_AS_SIGNED,
    /** The launcher gave the version up. */
    GIVEN_UP
  }

  private final Reason reason;

  public UpdateRefusal(Reason reason, String message) {
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
