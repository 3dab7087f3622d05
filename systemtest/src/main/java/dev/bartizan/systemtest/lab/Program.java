// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.lab;

import dev.bartizan.crypto.TouchesTheWorld;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A program that is run to its end. */
@TouchesTheWorld("starts processes")
public final class Program implements Command {
  private static final Duration LONGEST = Duration.ofMinutes(5);

  private final List<String> command;

  public Program(String... command) {
    this.command = List.of(command);
  }

  /**
   * How a run ended.
   *
   * @param out what it wrote to stdout
   * @param err what it wrote to stderr
   */
  public record Outcome(String name, int exit, String out, String err, Duration took) {
    /** The same outcome, if the program ended as it should. */
    public Outcome expect(int code) throws IOException {
      if (exit != code) {
        throw new IOException(
            name + ": exit code " + exit + ", expected " + code + ": " + err.strip() + out.strip());
      }
      return this;
    }

    /** The last line of stderr: where a refusal says why. */
    public String reason() {
      List<String> lines = err.strip().lines().toList();
      return lines.isEmpty() ? "" : lines.get(lines.size() - 1);
    }
  }

  /** Runs with these further arguments, and waits. */
  @Override
  public Outcome run(String... arguments) throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(command);
    all.addAll(Arrays.asList(arguments));
    Path out = Files.createTempFile("program", ".out");
    Path err = Files.createTempFile("program", ".err");
    try {
      long start = System.nanoTime();
      Process process =
          new ProcessBuilder(all)
              .redirectOutput(out.toFile())
              .redirectError(err.toFile())
              .redirectInput(Path.of("/dev/null").toFile())
              .start();
      if (!process.waitFor(LONGEST.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IOException(all + ": still running after " + LONGEST.toMinutes() + " minutes");
      }
      return new Outcome(
          String.join(" ", all.subList(0, Math.min(4, all.size()))),
          process.exitValue(),
          Files.readString(out, StandardCharsets.UTF_8),
          Files.readString(err, StandardCharsets.UTF_8),
          Duration.ofNanos(System.nanoTime() - start));
    } finally {
      Files.deleteIfExists(out);
      Files.deleteIfExists(err);
    }
  }
}
