// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.dist;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs one command to its end. */
final class Shell {
  /** The directory that holds {@code install.sh} and {@code pom.xml}. */
  static final Path SOURCE = Path.of(System.getProperty("bartizan.source"));

  static final Path DIST = Path.of(System.getProperty("bartizan.dist"));

  private Shell() {}

  /** How a command ended: its exit code, and what it said on each stream. */
  record Ending(int code, String out, String err) {
    Ending succeeded() {
      if (code != 0) {
        throw new AssertionError("exit code " + code + "\n" + out + err);
      }
      return this;
    }
  }

  static Ending run(Path directory, String... command) throws IOException, InterruptedException {
    return run(directory, Map.of(), command);
  }

  /** With these environment variables besides the present ones; an empty value takes one away. */
  static Ending run(Path directory, Map<String, String> environment, String... command)
      throws IOException, InterruptedException {
    Path out = Files.createTempFile("out", null);
    Path err = Files.createTempFile("err", null);
    try {
      ProcessBuilder builder = new ProcessBuilder(List.of(command)).directory(directory.toFile());
      environment.forEach(builder.environment()::put);
      builder.environment().values().removeIf(String::isEmpty);
      builder.redirectOutput(out.toFile()).redirectError(err.toFile());
      Process process = builder.start();
      if (!process.waitFor(10, TimeUnit.MINUTES)) {
        process.destroyForcibly();
        throw new AssertionError("still running: " + List.of(command));
      }
      return new Ending(process.exitValue(), text(out), text(err));
    } finally {
      Files.delete(out);
      Files.delete(err);
    }
  }

  private static String text(Path file) throws IOException {
    return Files.readString(file, StandardCharsets.UTF_8);
  }
}
