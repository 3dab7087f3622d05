// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.tuf;

import java.util.List;

/**
 * A shell-style pattern of target paths: {@code *} and {@code ?} match within one segment, never a
 * {@code /}; {@code [a-z]} and {@code [!a-z]} match one character (specification 4.5).
 *
 * <p>Matched by hand in time at most pattern times path, since patterns come from outside and
 * regular expressions made of them can take for ever.
 *
 * @param pattern as it stands in metadata
 */
public record PathPattern(String pattern) {

  /** Whether the pattern covers {@code targetPath} as a whole. */
  public boolean matches(String targetPath) {
    List<String> patterns = List.of(pattern.split("/", -1));
    List<String> segments = List.of(targetPath.split("/", -1));
    if (patterns.size() != segments.size()) {
      return false;
    }
    for (int i = 0; i < patterns.size(); i++) {
      if (!segmentMatches(patterns.get(i), segments.get(i))) {
        return false;
      }
    }
    return true;
  }

  /** Remembers only the last star: giving earlier ones more never helps. */
  private static boolean segmentMatches(String glob, String text) {
    int g = 0;
    int t = 0;
    int afterStar = -1;
    int starTook = 0;
    while (t < text.length()) {
      int next = g < glob.length() ? matchOne(glob, g, text.charAt(t)) : -1;
      if (g < glob.length() && glob.charAt(g) == '*') {
        afterStar = ++g;
        starTook = t;
      } else if (next >= 0) {
        g = next;
        t++;
      } else if (afterStar >= 0) {
        g = afterStar;
        t = ++starTook;
      } else {
        return false;
      }
    }
    while (g < glob.length() && glob.charAt(g) == '*') {
      g++;
    }
    return g == glob.length();
  }

  /** The index behind the pattern element at {@code g} if it matches {@code c}, else -1. */
  private static int matchOne(String glob, int g, char c) {
    char element = glob.charAt(g);
    if (element == '?') {
      return g + 1;
    }
    int close = element == '[' ? closingBracket(glob, g) : -1;
    if (close >= 0) {
      return inClass(glob.substring(g + 1, close), c) ? close + 1 : -1;
    }
    return element == c ? g + 1 : -1;
  }

  /** A bracket that never closes is an ordinary character; one right after the opening is too. */
  private static int closingBracket(String glob, int open) {
    int first = open + 1;
    if (first < glob.length() && glob.charAt(first) == '!') {
      first++;
    }
    return glob.indexOf(']', first + 1);
  }

  private static boolean inClass(String members, char c) {
    boolean negated = members.startsWith("!");
    int i = negated ? 1 : 0;
    boolean found = false;
    while (i < members.length()) {
      boolean range = i + 2 < members.length() && members.charAt(i + 1) == '-';
      char last = members.charAt(range ? i + 2 : i);
      found |= members.charAt(i) <= c && c <= last;
      i += range ? 3 : 1;
    }
    return found != negated;
  }
}
