// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.deploy;

import dev.bartizan.protocol.release.ReleaseName;
import java.math.BigInteger;
import java.util.Comparator;

/**
 * Which version is newer, as Semantic Versioning (2.0.0, section 11) has it: numbers by value,
 * words by letters, a pre-release before its release.
 */
final class VersionOrder implements Comparator<ReleaseName> {
  @Override
  public int compare(ReleaseName one, ReleaseName other) {
    String[] a = halves(one.version());
    String[] b = halves(other.version());
    int core = compareParts(a[0], b[0]);
    if (core != 0) {
      return core;
    }
    if (a[1].isEmpty() || b[1].isEmpty()) {
      return Boolean.compare(a[1].isEmpty(), b[1].isEmpty());
    }
    return compareParts(a[1], b[1]);
  }

  /** The version without its build metadata, and its pre-release or an empty text. */
  private static String[] halves(String version) {
    String known = version.split("\\+", 2)[0];
    int dash = known.indexOf('-');
    return dash < 0
        ? new String[] {known, ""}
        : new String[] {known.substring(0, dash), known.substring(dash + 1)};
  }

  private static int compareParts(String one, String other) {
    String[] a = one.split("\\.", -1);
    String[] b = other.split("\\.", -1);
    for (int i = 0; i < Math.min(a.length, b.length); i++) {
      int difference = comparePart(a[i], b[i]);
      if (difference != 0) {
        return difference;
      }
    }
    return Integer.compare(a.length, b.length);
  }

  private static int comparePart(String one, String other) {
    boolean number = one.matches("\\d+");
    if (number != other.matches("\\d+")) {
      return number ? -1 : 1;
    }
    return number ? new BigInteger(one).compareTo(new BigInteger(other)) : one.compareTo(other);
  }
}
