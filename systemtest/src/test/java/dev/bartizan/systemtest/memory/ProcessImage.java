// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.memory;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * All memory of a process, as root reads it.
 *
 * @param bytes how many could be read
 * @param hits by name of the mapping
 * @param hidden mappings that not even root can read
 */
record ProcessImage(long bytes, Map<String, Integer> hits, List<String> hidden) {
  /** Of the kernel's making, and unreadable for that. */
  private static final List<String> KERNELS = List.of("[vvar]", "[vvar_vclock]", "[vsyscall]");

  static ProcessImage search(long pid, Needles needles) throws IOException {
    Path process = Path.of("/proc", String.valueOf(pid));
    Map<String, Integer> hits = new TreeMap<>();
    List<String> hidden = new ArrayList<>();
    long bytes = 0;
    try (FileChannel memory = FileChannel.open(process.resolve("mem"))) {
      for (String line : Files.readAllLines(process.resolve("maps"))) {
        Mapping mapping = Mapping.parse(line);
        if (!mapping.isReadable() || KERNELS.contains(mapping.name())) {
          continue;
        }
        try {
          int found = needles.countIn(mapping.in(memory));
          bytes += mapping.end() - mapping.start();
          if (found > 0) {
            hits.merge(mapping.name(), found, Integer::sum);
          }
        } catch (IOException unreadable) {
          hidden.add(mapping.name());
        }
      }
    }
    return new ProcessImage(bytes, hits, hidden);
  }

  int total() {
    return hits.values().stream().mapToInt(Integer::intValue).sum();
  }

  private record Mapping(long start, long end, String permissions, String name) {
    static Mapping parse(String line) {
      String[] fields = line.split("\\s+", 6);
      String[] range = fields[0].split("-", 2);
      return new Mapping(
          Long.parseUnsignedLong(range[0], 16),
          Long.parseUnsignedLong(range[1], 16),
          fields[1],
          fields.length > 5 && !fields[5].isBlank() ? fields[5] : "anonymous");
    }

    boolean isReadable() {
      return permissions.startsWith("r");
    }

    Needles.Source in(FileChannel memory) {
      long[] at = {start};
      return target -> {
        int room = (int) Math.min(target.remaining(), end - at[0]);
        if (room == 0) {
          return at[0] == end ? -1 : 0;
        }
        int read = memory.read(target.limit(target.position() + room), at[0]);
        at[0] += Math.max(0, read);
        return read;
      };
    }
  }
}
