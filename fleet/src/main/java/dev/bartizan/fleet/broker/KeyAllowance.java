// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.broker;

import dev.bartizan.crypto.keystore.Ueid;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * How many keys one device may have in an hour. It needs one for each new version; more than a few
 * is somebody who collects them. Asked about devices of the registry alone, so there are no more
 * here than there.
 */
final class KeyAllowance {
  static final int AN_HOUR = 30;

  private static final Duration HOUR = Duration.ofHours(1);

  private final Map<Ueid, Deque<Instant>> given = new HashMap<>();

  /**
   * Counts one more.
   *
   * @throws KeyRefusal TOO_MANY
   */
  synchronized void take(Ueid device, Instant now) throws KeyRefusal {
    Deque<Instant> times = given.computeIfAbsent(device, it -> new ArrayDeque<>());
    times.removeIf(time -> time.isBefore(now.minus(HOUR)));
    if (times.size() >= AN_HOUR) {
      throw new KeyRefusal(
          KeyRefusal.Reason.TOO_MANY, device + " has had " + AN_HOUR + " keys within an hour");
    }
    times.add(now);
  }
}
