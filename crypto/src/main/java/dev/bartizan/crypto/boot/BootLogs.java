// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.boot;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.eventlog.LogRefusal;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The logs of one boot, as they were found. Who looks into them first has them read, once: a
 * verifier looks for the values that they tell, and for what they name.
 */
public final class BootLogs {
  private static final BootLogs NONE = new BootLogs(Optional.empty(), Optional.empty());

  private final Optional<Bytes> firmware;
  private final Optional<Bytes> userspace;
  private volatile @Nullable Contents contents;

  private record Contents(Optional<MeasuredBoot> boot) {}

  /**
   * @param firmware {@code binary_bios_measurements}
   * @param userspace what systemd measured after the firmware's log had ended
   */
  public BootLogs(Optional<Bytes> firmware, Optional<Bytes> userspace) {
    this.firmware = firmware;
    this.userspace = userspace;
  }

  /** A boot that left no log: nothing is known of its events, and nothing is good for that. */
  public static BootLogs none() {
    return NONE;
  }

  /** The firmware's log alone. */
  public static BootLogs of(Bytes firmware) {
    return new BootLogs(Optional.of(firmware), Optional.empty());
  }

  /** What firmware measured. */
  public Optional<Bytes> firmware() {
    return firmware;
  }

  /** What user space did, after that. */
  public Optional<Bytes> userspace() {
    return userspace;
  }

  /**
   * What they tell; nothing when firmware left no log.
   *
   * @throws LogRefusal as {@link MeasuredBoot#read}
   */
  Optional<MeasuredBoot> measured() throws LogRefusal {
    Contents known = contents;
    if (known == null) {
      known = new Contents(MeasuredBoot.read(this));
      contents = known; // Twice at the same time is the same.
    }
    return known.boot();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof BootLogs logs
        && firmware.equals(logs.firmware)
        && userspace.equals(logs.userspace);
  }

  @Override
  public int hashCode() {
    return Objects.hash(firmware, userspace);
  }
}
