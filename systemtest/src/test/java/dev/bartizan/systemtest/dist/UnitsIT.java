// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.dist;

import static dev.bartizan.systemtest.dist.Shell.DIST;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The units, judged by systemd itself. */
final class UnitsIT {
  private static final List<String> UNITS =
      List.of("bartizan.service", "bartizan-eventlog.service");

  @TempDir Path root;

  @Test
  void systemdFindsNothingToComplainAbout() throws Exception {
    Shell.run(root, "sh", DIST.resolve("install.sh").toString(), "--root", root.toString())
        .succeeded();
    for (String unit : UNITS) {
      Path file = root.resolve("usr/lib/systemd/system").resolve(unit);
      // The program is named as it will be on the device; systemd looks for it here.
      Files.writeString(
          file,
          Files.readString(file).replace("=/usr/bin/bartizan", "=" + root + "/usr/bin/bartizan"));
      Shell.Ending ending =
          Shell.run(
              root,
              "systemd-analyze",
              "verify",
              "--man=no",
              "--recursive-errors=no",
              file.toString());
      assertEquals("", ending.succeeded().err(), unit);
    }
  }

  /**
   * The scale goes from 0 (nothing left to attack) to 10; a daemon without such settings has 9.6.
   */
  @Test
  void theExposureStaysLow() throws Exception {
    for (String unit : UNITS) {
      Path file = DIST.resolve("systemd").resolve(unit);
      Shell.run(
              root,
              "systemd-analyze",
              "security",
              "--offline=true",
              "--threshold=25",
              file.toString())
          .succeeded();
    }
  }
}
