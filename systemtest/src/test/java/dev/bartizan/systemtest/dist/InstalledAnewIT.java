// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.dist;

import static dev.bartizan.systemtest.dist.Shell.DIST;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the launcher makes of its record when the program below it is another one. */
@SuppressWarnings("StringConcatToTextBlock") // escapes and lines are what is looked at
final class InstalledAnewIT {
  private static final String RECORD =
      String.join(
          "\n",
          "bartizan-launch 1",
          "slot a",
          "before base",
          "state kept",
          "tries 0",
          "seconds 0",
          "fallen none",
          "end",
          "");

  @TempDir Path directory;
  private Path program;
  private Path versions;

  @BeforeEach
  void aDeviceThatHadUpdatedItself() throws IOException {
    program = Files.createDirectory(directory.resolve("program"));
    versions = Files.createDirectories(directory.resolve("state/software"));
    Files.writeString(versions.resolve("launch"), RECORD);
    Files.createDirectory(versions.resolve("a"));
    Files.writeString(versions.resolve("a/release"), "complete");
    build("one");
  }

  @Test
  void overTheSameProgramTheUpdateStays() throws Exception {
    assertEquals("a", chosen());
    assertEquals("a", chosen());
    assertEquals("one\n", Files.readString(versions.resolve("over")));
  }

  @Test
  void overAnotherProgramTheRecordBeginsAnewAndStaysSo() throws Exception {
    assertEquals("a", chosen());
    build("two");
    assertEquals("base", chosen());
    assertEquals("base", chosen());
    assertEquals("two\n", Files.readString(versions.resolve("over")));
    Files.writeString(versions.resolve("launch"), RECORD);
    assertEquals("a", chosen(), "a later update of the daemon's own counts again");
  }

  @Test
  void aProgramWithoutABuildLeavesTheRecordAlone() throws Exception {
    Files.delete(program.resolve("build"));
    assertEquals("a", chosen());
    assertFalse(Files.exists(versions.resolve("over")));
  }

  /** Whatever the file holds, the worst that comes of it is the installed version. */
  @Test
  void aDamagedNoteOfTheBuildStartsTheInstalledVersion() throws Exception {
    for (String damaged : new String[] {"$(touch x)", "a b c", "*", "-n"}) {
      Files.writeString(versions.resolve("launch"), RECORD);
      Files.writeString(versions.resolve("over"), damaged);
      assertEquals("base", chosen(), damaged);
      assertEquals("one\n", Files.readString(versions.resolve("over")), damaged);
    }
  }

  private void build(String name) throws IOException {
    Files.writeString(program.resolve("build"), name + "\n");
  }

  private String chosen() throws Exception {
    String script =
        "home=$1 versions=$2; . \"$3\";"
            + " if read_record && made_over_this; then echo \"$slot\"; else echo base; fi";
    return Shell.run(
            directory,
            "sh",
            "-euc",
            script,
            "sh",
            program.toString(),
            versions.toString(),
            DIST.resolve("lib/versions.sh").toString())
        .succeeded()
        .out()
        .strip();
  }
}
