// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.bad;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;

/** The Java of this machine, which takes the machine for one with less memory. */
final class SmallJava {
  private SmallJava() {}

  /**
   * @param option {@code -XX:MaxRAM=512m}: the heap is what a device of that size gives by itself
   * @return for {@code JAVA_HOME}; what was there before is replaced at once
   */
  static Path with(String option, Path home) throws IOException {
    Path bin = Files.createDirectories(home.resolve("bin"));
    Path real = Path.of(System.getProperty("java.home"));
    // The launcher reads there which version it is.
    Files.copy(
        real.resolve("release"), home.resolve("release"), StandardCopyOption.REPLACE_EXISTING);
    Path next =
        Files.writeString(
            bin.resolve("java.new"),
            "#!/bin/sh\nexec '" + real.resolve("bin/java") + "' " + option + " \"$@\"\n");
    Files.setPosixFilePermissions(next, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.move(next, bin.resolve("java"), StandardCopyOption.ATOMIC_MOVE);
    return home;
  }
}
