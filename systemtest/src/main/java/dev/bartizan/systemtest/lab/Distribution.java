// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.lab;

import dev.bartizan.crypto.TouchesTheWorld;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.stream.Stream;

/**
 * What ships, as {@code ./install.sh build} made it.
 *
 * @param home the directory with {@code bin} and {@code lib}
 */
@TouchesTheWorld("the distribution's files")
public record Distribution(Path home) {
  /** The one the build made: {@code -Dbartizan.dist}, or {@code dist} at the top of the tree. */
  public static Distribution built() throws IOException {
    Path home =
        Path.of(System.getProperty("bartizan.dist", "../dist")).toAbsolutePath().normalize();
    if (!Files.isExecutable(home.resolve("bin/bartizan"))) {
      throw new IOException(home + ": no distribution there; ./install.sh build makes it");
    }
    return new Distribution(home);
  }

  public String device() {
    return home.resolve("bin/bartizan").toString();
  }

  public String release() {
    return home.resolve("bin/bartizan-release").toString();
  }

  public String fleet() {
    return home.resolve("bin/bartizan-fleet").toString();
  }

  /** A copy below {@code target}, to be tampered with. */
  public Distribution copyTo(Path target) throws IOException {
    copy(home, target);
    return new Distribution(target);
  }

  /** Copies all plain files below {@code from}; sockets stay where they are. */
  public static void copy(Path from, Path target) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path copy = target.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(copy);
        } else if (Files.isRegularFile(file)) {
          Files.copy(file, copy, StandardCopyOption.COPY_ATTRIBUTES);
        }
      }
    }
  }
}
