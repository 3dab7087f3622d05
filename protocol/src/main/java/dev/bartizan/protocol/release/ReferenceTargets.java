// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.release;

/** Where the documents about a hardware profile are among the targets. */
public final class ReferenceTargets {
  /** Everything of the role is below. */
  public static final String FOLDER = "reference/";

  private static final String APPROVALS = FOLDER + "approvals/";

  private ReferenceTargets() {}

  /** The path of a profile's reference values. */
  public static String values(String profile) {
    return FOLDER + profile + ".json";
  }

  /** The path of the boot states that were approved for a profile. */
  public static String approvals(String profile) {
    return APPROVALS + profile + ".json";
  }

  /** Whether approvals are at {@code path}, not reference values. */
  public static boolean isOfApprovals(String path) {
    return path.startsWith(APPROVALS);
  }
}
