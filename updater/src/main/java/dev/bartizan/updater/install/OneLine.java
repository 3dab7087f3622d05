// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.install;

import java.util.regex.Pattern;

/** Text from elsewhere, made fit for a record that is kept for ever: one line, bounded. */
final class OneLine {
  private static final int MAX_LENGTH = 300;
  private static final Pattern UNPRINTABLE = Pattern.compile("[^\\x20-\\x7e]");

  private OneLine() {}

  static String of(String text) {
    String cut = text.length() > MAX_LENGTH ? text.substring(0, MAX_LENGTH) : text;
    return UNPRINTABLE.matcher(cut).replaceAll("?");
  }

  /** The same text, or a bug in the caller: identifiers are checked where they come in. */
  static String require(String what, String text, int max) {
    if (text.isEmpty() || text.length() > max || UNPRINTABLE.matcher(text).find()) {
      throw new IllegalArgumentException(what + ": not 1 to " + max + " printable characters");
    }
    return text;
  }
}
