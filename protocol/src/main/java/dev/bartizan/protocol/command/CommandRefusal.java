// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.command;

import dev.bartizan.crypto.Refusal;

/** A command that is not obeyed, and why. */
public final class CommandRefusal extends Refusal {
  private static final long serialVersionUID = 1L;

  /** Why not; the names are stable. */
  public enum Reason {
    TOO_LONG,
    MALFORMED,
    UNKNOWN_KEY,
    BAD_SIGNATURE,
    NOT_AUTHORISED,
    WRONG_AUDIENCE,
    EXPIRED,
    NOT_YET_VALID
  }

  private final Reason reason;

  CommandRefusal(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  CommandRefusal(Reason reason, Refusal cause) {
    super(String.valueOf(cause.getMessage()), cause);
    this.reason = reason;
  }

  /** It is not what its signer may say here. */
  public static CommandRefusal notAuthorised(String message) {
    return new CommandRefusal(Reason.NOT_AUTHORISED, message);
  }

  public Reason reason() {
    return reason;
  }

  @Override
  public String code() {
    return reason.name();
  }
}
