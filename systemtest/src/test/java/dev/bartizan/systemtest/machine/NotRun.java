// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.machine;

import dev.bartizan.systemtest.lab.Program.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Assumptions;

/**
 * What this machine cannot run is told at the end, with a count, by {@code ./install.sh test}: a
 * line each in {@code systemtest/target/not-run}.
 */
final class NotRun {
  private static final Path LIST =
      Path.of(System.getProperty("bartizan.source"), "systemtest/target/not-run");

  private NotRun() {}

  /** Ends the test class here, and takes note of it, unless {@code can} went well. */
  static void unless(Outcome can, Class<?> test) throws IOException {
    if (can.exit() != 0) {
      Files.createDirectories(LIST.getParent());
      Files.writeString(
          LIST,
          test.getSimpleName() + ": " + can.reason() + "\n",
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    }
    Assumptions.assumeTrue(can.exit() == 0, can.err());
  }
}
