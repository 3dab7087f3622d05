package dev.bartizan.agent.system;

import java.util.List;

/**
 * Where pages may be swapped to, as {@code /proc/swaps} lists it.
 *
 * @param disks what is on some disk; compressed memory (zram) is not
 */
record SwapSpace(List<String> disks, int zrams) {
  private static final String ZRAM = "/dev/zram";

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

  Safeguard safeguard() {
    String found = zrams == 0 ? "none" : "zram, which is memory";
    return disks.isEmpty()
        ? Safeguard.of("swap", true, found)
        : Safeguard.of("swap", false, "may go to " + String.join(", ", disks));
  }
}
