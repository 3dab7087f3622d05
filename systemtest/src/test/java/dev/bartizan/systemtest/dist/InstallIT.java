// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.dist;

import static dev.bartizan.systemtest.dist.Shell.DIST;
import static dev.bartizan.systemtest.dist.Shell.SOURCE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code install.sh} into the file system of a device that is not running. */
final class InstallIT {
  @TempDir Path root;

  @Test
  void aSecondInstallationChangesNothing() throws Exception {
    install();
    var once = Tree.of(root);
    install();
    assertEquals(once, Tree.of(root));
  }

  @Test
  void theDeviceGetsTheJarsOfTheDeviceAlone() throws Exception {
    install();
    Path lib = root.resolve("usr/lib/bartizan/lib");
    Set<String> jars = names(lib).filter(it -> it.endsWith(".jar")).collect(Collectors.toSet());
    assertEquals(Set.copyOf(Files.readAllLines(DIST.resolve("lib/device.list"))), jars);
    assertTrue(jars.stream().noneMatch(it -> it.matches("bartizan-(fleet|author).*")));
  }

  @Test
  void theInstalledCommandAnswers() throws Exception {
    install();
    String command = root.resolve("usr/bin/bartizan").toString();
    assertTrue(Shell.run(root, command, "--version").succeeded().out().startsWith("bartizan "));
  }

  @Test
  void theConfigurationThatIsThereIsKept() throws Exception {
    Path config = agentToml("# mine\n");
    install();
    assertEquals("# mine\n", Files.readString(config));
  }

  @Test
  void aConfigurationThatIsGivenReplacesTheOneThatIsThere() throws Exception {
    Path config = agentToml("# old\n");
    Path given = Files.writeString(root.resolve("given.toml"), "# new\n");
    install("--config", given.toString());
    assertEquals("# new\n", Files.readString(config));
  }

  @Test
  void aJarOfTheVersionBeforeDoesNotStay() throws Exception {
    install();
    Path old = root.resolve("usr/lib/bartizan/lib/bartizan-agent-0.0.9.jar");
    Files.writeString(old, "old");
    install();
    assertFalse(Files.exists(old));
  }

  @Test
  void uninstallLeavesStateAndConfiguration() throws Exception {
    install();
    Path state = state();
    script("uninstall", "--root", root.toString()).succeeded();
    assertEquals(
        Set.of("etc/bartizan/agent.toml", "var/lib/bartizan/keys.json"), filesThatAreLeft());
    assertTrue(Files.exists(state));
  }

  @Test
  void purgeLeavesNothing() throws Exception {
    install();
    state();
    for (int i = 0; i < 2; i++) {
      script("uninstall", "--purge", "--root", root.toString()).succeeded();
      assertEquals(Set.of(), filesThatAreLeft());
    }
  }

  // a link below the daemon's own directory: root is to remove another file
  @Test
  void nothingBelowTheDaemonsDirectoryIsTouchedByAnInstallation() throws Exception {
    Path others = Files.writeString(root.resolve("launch"), "of somebody else");
    Path state = Files.createDirectories(root.resolve("var/lib/bartizan"));
    Files.createSymbolicLink(state.resolve("software"), others.getParent());
    install();
    assertEquals("of somebody else", Files.readString(others));
  }

  @Test
  void theSameProgramHasTheSameBuildAndAnotherOneAnother() throws Exception {
    install();
    Path build = root.resolve("usr/lib/bartizan/build");
    String first = Files.readString(build);
    assertTrue(first.matches("[0-9a-f]{64}\\n"), first);
    Path changed = Files.createDirectory(root.resolve("changed"));
    Shell.run(root, "cp", "-a", DIST + "/.", changed.toString()).succeeded();
    Files.writeString(changed.resolve("lib/launch.sh"), "\n", StandardOpenOption.APPEND);
    String own = changed.resolve("install.sh").toString();
    Shell.run(root, "sh", own, "--root", root.toString()).succeeded();
    assertFalse(Files.readString(build).equals(first));
  }

  @Test
  void anEnabledUnitLeavesNoDanglingLinkBehind() throws Exception {
    install();
    Path wants =
        Files.createDirectories(root.resolve("etc/systemd/system/multi-user.target.wants"));
    Path link = wants.resolve("bartizan.service");
    Files.createSymbolicLink(link, Path.of("/usr/lib/systemd/system/bartizan.service"));
    script("uninstall", "--purge", "--root", root.toString()).succeeded();
    assertFalse(Files.isSymbolicLink(link));
  }

  @Test
  void whyNothingWasStartedReadsAsASentence() throws Exception {
    Shell.Ending ending = script("--root", root.toString()).succeeded();
    assertTrue(
        ending.err().contains("nothing started: " + root + " is not the running system\n"),
        ending.err());
  }

  @Test
  void aDistributionInstallsItselfWithoutItsSource() throws Exception {
    String own = DIST.resolve("install.sh").toString();
    Shell.run(root, "sh", own, "--root", root.toString()).succeeded();
    assertTrue(Files.exists(root.resolve("usr/lib/systemd/system/bartizan.service")));
  }

  @Test
  void aWrongCommandLineInstallsNothing() throws Exception {
    for (List<String> wrong :
        List.of(
            List.of("frobnicate"),
            List.of("--frobnicate"),
            List.of("--root"),
            List.of("--root", root + "/missing"),
            List.of("--root", root.toString(), "--config", root + "/missing"))) {
      Shell.Ending ending = script(wrong.toArray(String[]::new));
      assertEquals(2, ending.code(), wrong + ending.err());
      assertEquals(1, ending.err().lines().count(), ending.err());
    }
    assertEquals(Set.of(), filesThatAreLeft());
  }

  private void install(String... options) throws Exception {
    var arguments =
        Stream.concat(Stream.of("--root", root.toString()), Stream.of(options))
            .toArray(String[]::new);
    script(arguments).succeeded();
  }

  private Shell.Ending script(String... arguments) throws Exception {
    var command =
        Stream.concat(Stream.of("sh", DIST.resolve("install.sh").toString()), Stream.of(arguments));
    return Shell.run(SOURCE, command.toArray(String[]::new));
  }

  private Path agentToml(String content) throws IOException {
    Path file = root.resolve("etc/bartizan/agent.toml");
    Files.createDirectories(file.getParent());
    return Files.writeString(file, content);
  }

  private Path state() throws IOException {
    Path directory = Files.createDirectories(root.resolve("var/lib/bartizan"));
    return Files.writeString(directory.resolve("keys.json"), "{}");
  }

  private Set<String> filesThatAreLeft() throws IOException {
    try (Stream<Path> paths = Files.walk(root)) {
      return paths
          .filter(it -> !Files.isDirectory(it))
          .map(it -> root.relativize(it).toString())
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  private static Stream<String> names(Path directory) throws IOException {
    try (Stream<Path> paths = Files.list(directory)) {
      return paths.map(it -> it.getFileName().toString()).toList().stream();
    }
  }
}
