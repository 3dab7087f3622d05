// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.boot;

import dev.bartizan.crypto.Bytes;
import java.util.Optional;

/**
 * The logs of one boot, as they were found and before anybody looked into them.
 *
 * @param firmware {@code binary_bios_measurements}
 * @param userspace what systemd measured after the firmware's log had ended
 */
public record BootLogs(Optional<Bytes> firmware, Optional<Bytes> userspace) {
  private static final BootLogs NONE = new BootLogs(Optional.empty(), Optional.empty());

  /** A boot that left no log: nothing is known of its events, and nothing is good for that. */
  public static BootLogs none() {
    return NONE;
  }

  /** The firmware's log alone. */
  public static BootLogs of(Bytes firmware) {
    return new BootLogs(Optional.of(firmware), Optional.empty());
  }
}
