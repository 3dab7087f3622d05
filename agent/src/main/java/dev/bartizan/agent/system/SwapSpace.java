// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.system;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;
import dev.bartizan.crypto.TouchesTheWorld;
import java.util.List;

/**
 * Where pages may be swapped to, as {@code /proc/swaps} lists it.
 *
 * @param disks what is on some disk; compressed memory (zram) is not
 */
record SwapSpace(List<String> disks, int zrams) {
  private static final String ZRAM = "/dev/zram";

  /** More than {@code struct sysinfo} takes, and where in it the sum is. */
  private static final int SYSINFO_LONGS = 32;

  private static final int TOTAL_SWAP = 8;

  SwapSpace {
    disks = List.copyOf(disks);
  }

  /**
   * @param lines the first names the columns
   */
  static SwapSpace parse(List<String> lines) {
    List<String> spaces =
        lines.stream()
            .skip(1)
            .filter(line -> !line.isBlank())
            .map(line -> line.split("\\s+", 2)[0])
            .toList();
    List<String> disks = spaces.stream().filter(space -> !space.startsWith(ZRAM)).toList();
    return new SwapSpace(disks, spaces.size() - disks.size());
  }

  /** What can be said where the list is not shown: the kernel tells the sum to everybody. */
  @TouchesTheWorld("sysinfo of the C library")
  static Safeguard unlisted() {
    try {
      long[] answer = new long[SYSINFO_LONGS];
      Native.load("c", LibC.class).sysinfo(answer);
      return ofTotal(answer[TOTAL_SWAP]);
    } catch (LastErrorException | LinkageError untold) {
      return Safeguard.unknown("swap", "cannot be seen: " + untold.getMessage());
    }
  }

  static Safeguard ofTotal(long total) {
    return total == 0
        ? Safeguard.of("swap", true, "none")
        : Safeguard.unknown(
            "swap", "is there, and whether on a disk cannot be seen: /proc/swaps is not shown");
  }

  Safeguard safeguard() {
    String found = zrams == 0 ? "none" : "zram, which is memory";
    return disks.isEmpty()
        ? Safeguard.of("swap", true, found)
        : Safeguard.of("swap", false, "may go to " + String.join(", ", disks));
  }
}
