// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.broker;

import dev.bartizan.crypto.keystore.Ueid;
import java.time.Duration;

/**
 * How many keys one device may have in so long. It needs one for each new version; more than a few
 * is somebody who collects them.
 */
public record KeyAllowance(int most, Duration within) {
  /** Thirty in an hour. */
  public static final KeyAllowance DEFAULT = new KeyAllowance(30, Duration.ofHours(1));

  /**
   * Insists that a device may have another.
   *
   * @param had how many it had within that time
   * @throws KeyRefusal TOO_MANY
   */
  public void require(Ueid device, long had) throws KeyRefusal {
    if (had >= most) {
      throw new KeyRefusal(
          KeyRefusal.Reason.TOO_MANY,
          device + " has had " + had + " keys within " + within.toMinutes() + " minutes");
    }
  }
}
