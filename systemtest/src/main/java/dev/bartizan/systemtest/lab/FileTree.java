// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.lab;

import dev.bartizan.crypto.TouchesTheWorld;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** A directory with all that is below it. */
@TouchesTheWorld("the files of a lab")
public final class FileTree {
  private FileTree() {}

  /** Deletes it, deepest first. What vanishes meanwhile, as a socket does, is gone all the same. */
  public static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
