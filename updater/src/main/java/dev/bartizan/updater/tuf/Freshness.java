// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.tuf;

import dev.bartizan.updater.tuf.TufRefusal.Code;
import java.time.Instant;

/** How expiry is judged. The time is fixed once per refresh, so that all roles see the same. */
interface Freshness {
  /**
   * @throws TufRefusal EXPIRED
   */
  void check(RoleName role, Instant expires) throws TufRefusal;

  /** Everything must still be valid at {@code now}. */
  static Freshness at(Instant now) {
    return (role, expires) -> {
      if (!expires.isAfter(now)) {
        throw new TufRefusal(Code.EXPIRED, role, "an expiry after " + now, expires.toString());
      }
    };
  }

  /**
   * For what was fresh when it was accepted: a device that has been offline for long still serves
   * what it has, it only accepts nothing new.
   */
  static Freshness notJudged() {
    return (role, expires) -> {};
  }
}
