// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.deltas;

import dev.bartizan.crypto.TouchesTheWorld;
import dev.bartizan.systemtest.deltas.Contender.Measured;
import dev.bartizan.systemtest.lab.Distribution;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Speed and memory on a model of 400 MB: creation beside {@code zstd --patch-from}, and application
 * in a JVM with a heap of 64 MiB.
 */
@TouchesTheWorld("files too large for memory")
final class LargeContest {
  private static final double SLOWER_MAX = 10;

  private final Distribution distribution;

  LargeContest(Distribution distribution) {
    this.distribution = distribution;
  }

  /** Runs both; the lines say what was measured and whether it is enough. */
  List<String> on(Pair pair) throws IOException, InterruptedException {
    Path work = Files.createTempDirectory("large");
    Path out = work.resolve("out");
    List<String> lines = new ArrayList<>();
    try {
      Measured zstd = checked(Peers.patchFrom(), pair, out, work);
      lines.add(line("zstd --patch-from", zstd, pair));
      Measured ours = checked(withSmallHeap(), pair, out, work);
      lines.add(line("bartizan, apply -Xmx64m", ours, pair));
      double slower = ours.create().seconds() / zstd.create().seconds();
      lines.add(
          String.format(
              Locale.ROOT,
              "%s creation takes %.2f times what zstd takes, asked: at most %.0f",
              slower <= SLOWER_MAX ? "ok  " : "MISS",
              slower,
              SLOWER_MAX));
      return lines;
    } finally {
      Files.deleteIfExists(out);
      Files.deleteIfExists(work.resolve("delta"));
      Files.delete(work);
    }
  }

  private static Measured checked(Contender contender, Pair pair, Path out, Path work)
      throws IOException, InterruptedException {
    Measured measured = contender.run(pair, out, work);
    if (Files.mismatch(out, pair.next()) >= 0) {
      throw new IOException(contender.name() + " rebuilt another file");
    }
    return measured;
  }

  private static String line(String name, Measured measured, Pair pair) throws IOException {
    double megabytes = Files.size(pair.next()) / 1e6;
    return String.format(
        Locale.ROOT,
        "%-24s %5.1f %% of %.0f MB; create %.1f s (%.1f s of CPU, %d MiB);"
            + " apply %.1f s (%.1f s of CPU, %.0f MB/s cold, %d MiB)",
        name,
        measured.bytes() / megabytes / 1e4,
        megabytes,
        measured.create().seconds(),
        measured.create().cpuSeconds(),
        measured.create().peakKib() / 1024,
        measured.apply().seconds(),
        measured.apply().cpuSeconds(),
        megabytes / measured.apply().seconds(),
        measured.apply().peakKib() / 1024);
  }

  /** Creation as it ships; application in the heap that a device allows it. */
  private Tool withSmallHeap() throws IOException {
    Path lib = distribution.home().resolve("lib");
    List<String> jars =
        Files.readAllLines(lib.resolve("fleet.list")).stream()
            .map(jar -> lib.resolve(jar).toString())
            .toList();
    return new Tool(
        "bartizan",
        Contender.Sort.OURS,
        List.of(distribution.fleet(), "delta", "create", "{old}", "{new}", "{delta}"),
        List.of(
            "java",
            "-Xmx64m",
            "-cp",
            String.join(":", jars),
            "dev.bartizan.fleet.cli.Main",
            "delta",
            "apply",
            "{old}",
            "{delta}",
            "{out}"),
        true);
  }
}
