// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest;

import dev.bartizan.agent.DeviceSimulation;
import dev.bartizan.crypto.TouchesTheWorld;
import java.nio.file.Files;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.logging.LogManager;

/** Whole lives of devices, as many as somebody likes. The first that goes wrong tells its story. */
@TouchesTheWorld("a benchmark: measures time, and prints")
final class SimulationBench {
  private static final int LIVES = 500;
  private static final int MAX_LIVES = 100_000_000;

  private SimulationBench() {}

  /**
   * Runs lives with the seeds from 0 on, or with one seed.
   *
   * @throws IllegalArgumentException for options there are not
   */
  static void run(List<String> options) throws Exception {
    long first = option(options, "--seed", 0);
    long lives = option(options, "--lives", options.contains("--seed") ? 1 : LIVES);
    DeviceSimulation simulation = new DeviceSimulation(Files.createTempDirectory("simulate"));
    LogManager.getLogManager().reset(); // What goes wrong in a life is told by its story alone.
    long begin = System.nanoTime();
    try {
      simulation.liveAll(first, lives);
    } finally {
      double seconds = (System.nanoTime() - begin) / 1e9;
      int lived = simulation.counts().getOrDefault("rest", 0);
      System.out.printf(
          Locale.ROOT,
          "simulate: %d lives in %.0f s, %.1f a second%n",
          lived,
          seconds,
          lived / seconds);
      new TreeMap<>(simulation.counts())
          .forEach((what, count) -> System.out.printf(Locale.ROOT, "  %-26s %8d%n", what, count));
    }
    System.out.println("simulate: 0 failures");
  }

  private static long option(List<String> options, String name, long otherwise) {
    if (options.size() % 2 != 0) {
      throw new IllegalArgumentException("bench simulate [--lives N] [--seed N]");
    }
    long value = otherwise;
    for (int i = 0; i < options.size(); i += 2) {
      boolean isKnown = options.get(i).equals("--lives") || options.get(i).equals("--seed");
      if (!isKnown || !options.get(i + 1).matches("[0-9]{1,9}")) {
        throw new IllegalArgumentException("bench simulate [--lives N] [--seed N]");
      }
      if (options.get(i).equals(name)) {
        value = Math.min(Long.parseLong(options.get(i + 1)), MAX_LIVES);
      }
    }
    return value;
  }
}
