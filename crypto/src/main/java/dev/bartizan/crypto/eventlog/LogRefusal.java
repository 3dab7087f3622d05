// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.eventlog;

import dev.bartizan.crypto.Refusal;

/** Bytes that are not an event log to learn anything from; nothing of them was kept. */
public final class LogRefusal extends Refusal {
  private static final long serialVersionUID = 1L;

  /** Why. */
  public enum Code {
    /** No byte at all: some virtual TPMs show an empty log. That is no evidence. */
    EMPTY,
    /** More bytes or more events than any boot has. */
    TOO_LARGE,
    /** None of the formats we know. */
    UNKNOWN_FORMAT,
    /** The header ends early or does not add up. */
    BAD_HEADER,
    /** An event that cannot be one. */
    BAD_EVENT,
    /** It ends in the middle of an event, where a whole log was needed. */
    TRUNCATED,
    /** Two places of the log say different things. */
    CONTRADICTION
  }

  private final Code code;

  LogRefusal(Code code, String what) {
    super("event log: " + what);
    this.code = code;
  }

  LogRefusal(Code code, String what, Throwable cause) {
    super("event log: " + what, cause);
    this.code = code;
  }

  static LogRefusal event(int number, String what) {
    return new LogRefusal(Code.BAD_EVENT, "event " + number + " " + what);
  }

  /** What was wrong with it. */
  public Code reason() {
    return code;
  }

  @Override
  public String code() {
    return "EVENT_LOG_" + code;
  }
}
