// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.install;

/**
 * How much patience there is.
 *
 * @param starts how often a piece of work may be begun without returning, and a release on trial be
 *     started; at least 1
 * @param previousKept how many earlier releases of a component stay on the device; at least 1
 */
public record Limits(int starts, int previousKept) {
  /** Three starts, two earlier releases. */
  public static final Limits DEFAULT = new Limits(3, 2);

  public Limits {
    if (starts < 1 || previousKept < 1) {
      throw new IllegalArgumentException("limits are at least 1");
    }
  }
}
