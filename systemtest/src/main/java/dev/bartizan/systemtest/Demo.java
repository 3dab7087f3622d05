// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest;

import dev.bartizan.crypto.TouchesTheWorld;
import dev.bartizan.systemtest.lab.FileTree;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * {@code ./install.sh demo}: the whole story on real parts.
 *
 * <p>{@code --keep DIR} leaves everything in DIR; {@code --json} prints one document on stdout and
 * the steps on stderr. Exit code 0 only when every step was checked true.
 */
@TouchesTheWorld("the entry point: arguments, a directory for the demo")
public final class Demo {
  private Demo() {}

  /** Runs the story. */
  public static void main(String[] arguments) throws Exception {
    boolean json = false;
    Path keep = null;
    for (int i = 0; i < arguments.length; i++) {
      switch (arguments[i]) {
        case "--json" -> json = true;
        case "--keep" -> keep = i + 1 < arguments.length ? Path.of(arguments[++i]) : null;
        default -> {
          System.err.println("demo [--keep DIR] [--json]: what is " + arguments[i] + "?");
          System.exit(2);
        }
      }
    }
    Steps steps = new Steps(json ? System.err : System.out);
    // Unix socket paths are limited to 107 bytes, so the directory is a short one.
    Path home = keep == null ? Files.createTempDirectory("bartizan") : keep.toAbsolutePath();
    Files.createDirectories(home);
    try (Story story = new Story(home)) {
      story.tell(steps);
    } finally {
      if (keep == null) {
        delete(home);
      }
    }
    if (json) {
      System.out.println(steps.toJson());
    }
    System.exit(steps.allTrue() ? 0 : 1);
  }

  private static void delete(Path directory) throws Exception {
    FileTree.delete(directory);
  }
}
