// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.bad;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;

/** Copies of a disk, as somebody with a screwdriver makes them. */
final class Copies {
  private Copies() {}

  static void copy(Path from, Path to) throws IOException, InterruptedException {
    Process copy = new ProcessBuilder("cp", "-a", from.toString(), to.toString()).start();
    assertEquals(0, copy.waitFor());
  }
}
