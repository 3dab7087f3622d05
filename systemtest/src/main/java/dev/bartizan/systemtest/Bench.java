// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest;

import dev.bartizan.crypto.TouchesTheWorld;
import dev.bartizan.systemtest.deltas.DeltaBench;
import dev.bartizan.systemtest.lab.Distribution;
import dev.bartizan.systemtest.lab.Lab;
import dev.bartizan.systemtest.lab.Models;
import dev.bartizan.systemtest.lab.Patience;
import dev.bartizan.systemtest.lab.Program;
import dev.bartizan.systemtest.verify.VerifyBench;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * {@code ./install.sh bench [NAME]}: whole processes side by side in one run; the ratios count, for
 * the machine is whatever it is.
 */
@TouchesTheWorld("the entry point of the benchmarks")
public final class Bench {
  private static final int ROUNDS = 7;

  private Bench() {}

  /** Runs one benchmark, or all. */
  public static void main(String[] arguments) throws Exception {
    String name = arguments.length == 0 ? "all" : arguments[0];
    switch (name) {
      case "all" -> {
        start();
        delta(List.of());
        PowerCutBench.run();
        SimulationBench.run(List.of());
        verify();
      }
      case "start" -> start();
      case "delta" -> delta(List.of(arguments).subList(1, arguments.length));
      case "power-cuts" -> PowerCutBench.run();
      case "verify" -> verify();
      case "simulate" -> simulate(List.of(arguments).subList(1, arguments.length));
      default -> {
        System.err.println(
            "bench: there is no "
                + name
                + "; there are: start, delta, power-cuts, simulate, verify");
        System.exit(2);
      }
    }
    System.exit(0);
  }

  private static void simulate(List<String> options) throws Exception {
    try {
      SimulationBench.run(options);
    } catch (IllegalArgumentException wrong) {
      System.err.println("bench: " + wrong.getMessage());
      System.exit(2);
    } catch (AssertionError wrong) {
      System.err.println("simulate: " + wrong.getMessage() + ": " + wrong.getCause());
      System.exit(1);
    }
  }

  private static void verify() throws Exception {
    if (!VerifyBench.run()) {
      System.err.println("bench verify: not everything that is asked holds: see MISS above");
      System.exit(1);
    }
  }

  private static void delta(List<String> options) throws Exception {
    if (!DeltaBench.run(options)) {
      System.err.println("bench delta: not everything that is asked holds: see MISS above");
      System.exit(1);
    }
  }

  /** From the start of the process to the first verified, decrypted, measured inference. */
  private static void start() throws Exception {
    Distribution distribution = Distribution.built();
    Path home = Files.createTempDirectory("bench");
    List<Long> bare = new ArrayList<>();
    List<Long> tuned = new ArrayList<>();
    List<Long> secured = new ArrayList<>();
    try (Lab lab = Lab.serving(distribution, home)) {
      lab.device().stop();
      for (int round = 0; round < ROUNDS; round++) {
        bare.add(bare(List.of()));
        tuned.add(
            bare(
                List.of("-XX:+UseSerialGC", "-Donnxruntime.native.path=" + natives(distribution))));
        secured.add(secured(lab));
      }
    }
    System.out.printf(
        Locale.ROOT, "start to first inference, median of %d, cold processes:%n", ROUNDS);
    row("bare program", bare, bare);
    row("bare program, natives unpacked", tuned, bare);
    row("bartizan run", secured, bare);
  }

  private static Path natives(Distribution distribution) {
    return distribution
        .home()
        .resolve("lib/native")
        .resolve(System.getProperty("os.arch", "").equals("aarch64") ? "aarch64" : "x86_64");
  }

  private static long bare(List<String> flags) throws Exception {
    List<String> command = new ArrayList<>(List.of("java"));
    command.addAll(flags);
    command.addAll(
        List.of(
            "-cp",
            System.getProperty("java.class.path", ""),
            BareProgram.class.getName(),
            Models.file("1.0.0").toString()));
    return new Program(command.toArray(String[]::new)).run().expect(0).took().toMillis();
  }

  private static long secured(Lab lab) throws Exception {
    byte[] request = Models.sample("pit");
    long begin = System.nanoTime();
    lab.device().launch();
    Patience.await(
        "an inference",
        Duration.ofSeconds(60),
        () -> lab.device().inference(Models.NAME, request).status() == 200);
    long millis = (System.nanoTime() - begin) / 1_000_000;
    lab.device().stop();
    return millis;
  }

  private static void row(String name, List<Long> times, List<Long> unit) {
    System.out.printf(
        Locale.ROOT,
        "  %-32s %6d ms  %5.2f x%n",
        name,
        median(times),
        (double) median(times) / median(unit));
  }

  private static long median(List<Long> times) {
    List<Long> sorted = new ArrayList<>(times);
    Collections.sort(sorted);
    return sorted.get(sorted.size() / 2);
  }
}
