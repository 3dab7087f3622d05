// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.dist;

import static dev.bartizan.systemtest.dist.Shell.DIST;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands of {@code bin/} wherever they are put. */
final class LauncherIT {
  @TempDir Path directory;

  @Test
  void everyCommandAnswers() throws Exception {
    for (String command : List.of("bartizan", "bartizan-release", "bartizan-fleet")) {
      String launcher = DIST.resolve("bin").resolve(command).toString();
      Shell.Ending ending = Shell.run(directory, launcher, "--help").succeeded();
      assertTrue(ending.out().startsWith("Usage: " + command), ending.out());
      assertEquals("", ending.err());
    }
  }

  @Test
  void aChainOfLinksLeadsHome() throws Exception {
    Path launcher = DIST.resolve("bin/bartizan");
    Path near = Files.createSymbolicLink(directory.resolve("near"), launcher);
    Path far = Files.createSymbolicLink(directory.resolve("far"), near.getFileName());
    Shell.run(Path.of("/"), far.toString(), "--version").succeeded();
  }

  @Test
  void aDirectoryWithSpacesIsAsGood() throws Exception {
    Path home = copyOfDist(directory.resolve("a place"));
    Shell.run(directory, home.resolve("bin/bartizan").toString(), "--version").succeeded();
  }

  /** JAVA_TOOL_OPTIONS loads an agent into any JVM, and makes it say so on stderr. */
  @Test
  void nobodySlipsOptionsIntoTheJvm() throws Exception {
    Map<String, String> hostile =
        Map.of(
            "JAVA_TOOL_OPTIONS", "-Xmx1k", "_JAVA_OPTIONS", "-Xmx1k", "JDK_JAVA_OPTIONS", "-Xmx1k");
    assertEquals("", version(hostile).succeeded().err());
  }

  /** A Java that only shows what it is given. */
  @Test
  void theProcessIsSilentReadsAnyPathAndEndsWithItsMemory() throws Exception {
    Path home = java("17.0.1");
    Files.writeString(home.resolve("bin/java"), "#!/bin/sh\nenv; printf '%s\\n' \"$@\"\n");
    Map<String, String> poor =
        Map.of("JAVA_HOME", home.toString(), "LC_ALL", "C", "ORT_DISABLE_TELEMETRY", "0");
    List<String> given = version(poor).succeeded().out().lines().toList();
    for (String line :
        List.of("ORT_DISABLE_TELEMETRY=1", "LC_ALL=C.UTF-8", "-XX:+ExitOnOutOfMemoryError")) {
      assertTrue(given.contains(line), line + " is not in " + given);
    }
  }

  /** In the locale C the JVM finds no file whose name is not ASCII. */
  @Test
  void aPathThatIsNotAsciiIsFoundInAnyLocale() throws Exception {
    // Written so that it does not depend on the locale of this JVM.
    String script = "f=$(printf 'me\\303\\237'); : >\"$f\"; exec \"$1\" eventlog \"$f\"";
    String launcher = DIST.resolve("bin/bartizan").toString();
    Shell.Ending ending =
        Shell.run(directory, Map.of("LC_ALL", "C"), "sh", "-c", script, "sh", launcher);
    assertTrue(ending.code() < 2, "an empty log, but a file: " + ending.err());
  }

  @Test
  void withoutJavaOneLineSaysSo() throws Exception {
    refusesToStart(Map.of("JAVA_HOME", "", "PATH", toolsAlone().toString()));
    refusesToStart(Map.of("JAVA_HOME", directory.resolve("missing").toString()));
  }

  @Test
  void anOldJavaIsRefusedInOneLine() throws Exception {
    for (String version : List.of("1.8.0_402", "11.0.22", "16")) {
      refusesToStart(Map.of("JAVA_HOME", java(version).toString()));
    }
  }

  /**
   * A library inside a jar is copied to /tmp at every start, unless the launcher says where it
   * lies.
   */
  @Test
  void noNativeLibraryIsUnpacked() throws Exception {
    Path temporary = Files.createDirectory(directory.resolve("tmp"));
    Path probe = directory.resolve("LoadsEveryNativeLibrary.java");
    try (var source = LauncherIT.class.getResourceAsStream("/dist/" + probe.getFileName())) {
      Files.copy(Objects.requireNonNull(source), probe);
    }
    String script =
        "home=$1 flags=-Djava.io.tmpdir=$2; . \"$home/lib/launch.sh\"; launch device \"$3\"";
    Shell.run(
            directory,
            "sh",
            "-euc",
            script,
            "sh",
            DIST.toString(),
            temporary.toString(),
            probe.toString())
        .succeeded();
    try (Stream<Path> left = Files.list(temporary)) {
      assertEquals(List.of(), left.toList());
    }
  }

  private Shell.Ending version(Map<String, String> environment) throws Exception {
    return Shell.run(
        directory, environment, "/bin/sh", DIST.resolve("bin/bartizan").toString(), "--version");
  }

  private void refusesToStart(Map<String, String> environment) throws Exception {
    Shell.Ending ending = version(environment);
    assertEquals(3, ending.code(), ending.err());
    assertEquals(1, ending.err().lines().count(), ending.err());
  }

  /** The programs that a launcher calls, and no Java among them. */
  private Path toolsAlone() throws IOException {
    Path bin = Files.createDirectories(directory.resolve("bin"));
    for (String tool : List.of("readlink", "uname", "sed")) {
      Files.createSymbolicLink(bin.resolve(tool), Path.of("/usr/bin", tool));
    }
    return bin;
  }

  private Path java(String version) throws IOException {
    Path home = directory.resolve("jdk-" + version);
    Files.createDirectories(home.resolve("bin"));
    Path java = Files.writeString(home.resolve("bin/java"), "#!/bin/sh\nexit 99\n");
    assertTrue(java.toFile().setExecutable(true));
    Files.writeString(home.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
    return home;
  }

  private static Path copyOfDist(Path target) throws Exception {
    Shell.run(Path.of("/"), "cp", "-r", DIST.toString(), target.toString()).succeeded();
    return target;
  }
}
