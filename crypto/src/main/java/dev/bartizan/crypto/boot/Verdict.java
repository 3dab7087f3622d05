// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.boot;

/** What can be said of one link of a chain. */
public enum Verdict {
  /** Compared with a signed reference, and equal. */
  GOOD,
  /** Nothing to compare with, or nothing to compare: not known to be good. */
  UNKNOWN,
  /** Compared, and different. */
  BAD;

  /** The worse of the two. */
  public Verdict and(Verdict other) {
    return compareTo(other) >= 0 ? this : other;
  }

  /** Lower case, as reports write it. */
  public String text() {
    return switch (this) {
      case GOOD -> "good";
      case UNKNOWN -> "unknown";
      case BAD -> "bad";
    };
  }
}
