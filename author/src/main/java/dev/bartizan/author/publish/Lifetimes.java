// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.author.publish;

import dev.bartizan.updater.tuf.RoleName;
import java.time.Duration;

/**
 * How long metadata is valid from the moment it is signed. Short for what is signed by machines
 * every day, long for what people sign by hand.
 */
public record Lifetimes(Duration root, Duration targets, Duration snapshot, Duration timestamp) {

  /** A year, 90 days (delegated roles too), a week, a day. */
  public static Lifetimes defaults() {
    return new Lifetimes(
        Duration.ofDays(365), Duration.ofDays(90), Duration.ofDays(7), Duration.ofDays(1));
  }

  Duration of(RoleName role) {
    if (role.equals(RoleName.ROOT)) {
      return root;
    }
    if (role.equals(RoleName.SNAPSHOT)) {
      return snapshot;
    }
    return role.equals(RoleName.TIMESTAMP) ? timestamp : targets;
  }
}
