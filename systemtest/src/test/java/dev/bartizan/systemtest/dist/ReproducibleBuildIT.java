// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.dist;

import static dev.bartizan.systemtest.dist.Shell.DIST;
import static dev.bartizan.systemtest.dist.Shell.SOURCE;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whoever builds the same source gets the same files, wherever and whenever that is. */
final class ReproducibleBuildIT {
  @TempDir Path elsewhere;

  @Test
  void anotherBuildElsewhereGivesTheSameBytes() throws Exception {
    // Tests are no part of what ships; those whose helpers the assembling module uses stay.
    String copy =
        "tar -C \"$1\" --exclude=target --exclude=./dist --exclude=./.git"
            + " --exclude=./author/src/test --exclude=./delta/src/test --exclude=./protocol/src/test"
            + " --exclude=./systemtest/src/test -cf - . | tar -xf -";
    Shell.run(elsewhere, "sh", "-c", copy, "sh", SOURCE.toString()).succeeded();
    Shell.run(elsewhere, "mvn", "-B", "-q", "package", "-DskipTests").succeeded();
    assertEquals(Tree.of(DIST), Tree.of(elsewhere.resolve("dist")));
  }
}
