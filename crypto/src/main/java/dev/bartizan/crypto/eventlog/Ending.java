// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.eventlog;

/**
 * Where reading a log ended.
 *
 * @param kind how
 * @param detail for people; empty when there is nothing to say
 */
public record Ending(Kind kind, String detail) {
  /** How a log can end. */
  public enum Kind {
    /** With its last event. */
    COMPLETE("complete"),
    /** With zeros or ones that fill a buffer. */
    PADDED("padded"),
    /** In the middle of an event: what was read is not the whole log. */
    TRUNCATED("truncated");

    private final String text;

    Kind(String text) {
      this.text = text;
    }

    /** Lower case, as documents write it. */
    public String text() {
      return text;
    }
  }

  static final Ending COMPLETE = new Ending(Kind.COMPLETE, "");

  static Ending padded(int bytes) {
    return new Ending(Kind.PADDED, bytes + " bytes after the last event");
  }

  static Ending truncated(int event, long missing) {
    return new Ending(
        Kind.TRUNCATED, "event " + event + " ends " + missing + " bytes after the log does");
  }

  /** Whether events are missing for certain. */
  public boolean isTruncated() {
    return kind == Kind.TRUNCATED;
  }
}
