// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.author.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.bartizan.protocol.cli.Console;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Commands of the author's, as a shell calls them, on a directory of their own. */
abstract class AuthorsCommands {
  static final Clock CLOCK = Clock.fixed(Instant.parse("2027-05-01T12:00:00Z"), ZoneOffset.UTC);

  @TempDir Path folder;
  String out = "";
  String err = "";

  int run(String... arguments) {
    ByteArrayOutputStream stdout = new ByteArrayOutputStream();
    ByteArrayOutputStream stderr = new ByteArrayOutputStream();
    Console console =
        new Console(
            new PrintStream(stdout, true, StandardCharsets.UTF_8),
            new PrintStream(stderr, true, StandardCharsets.UTF_8));
    int exit = ReleaseCommand.commandLine(CLOCK, new SecureRandom(), console).execute(arguments);
    out = stdout.toString(StandardCharsets.UTF_8);
    err = stderr.toString(StandardCharsets.UTF_8);
    return exit;
  }

  String author() {
    return folder.resolve("author").toString();
  }

  String file(String name, String content) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.resolveSibling(""));
    return Files.writeString(file, content).toString();
  }

  void init(String... options) {
    assertEquals(
        0,
        run(Stream.concat(Stream.of("init", author()), Stream.of(options)).toArray(String[]::new)),
        err);
  }

  int release(String version, String... options) throws IOException {
    Stream<String> common =
        Stream.of(
            "model",
            file("model", "weights of " + version),
            "--name",
            "defect",
            "--version",
            version,
            "--dir",
            author(),
            "--untried");
    return run(Stream.concat(common, Stream.of(options)).toArray(String[]::new));
  }

  int approve(String... options) {
    Stream<String> command = Stream.of("approvals", "--profile", "camera");
    Stream<String> where = Stream.of("--dir", author());
    return run(
        Stream.concat(Stream.concat(command, Stream.of(options)), where).toArray(String[]::new));
  }

  static List<List<String>> commands(CommandLine line, List<String> before) {
    Stream<List<String>> own = Stream.of(before);
    Stream<List<String>> below =
        line.getSubcommands().entrySet().stream()
            .flatMap(
                entry ->
                    commands(
                        entry.getValue(),
                        Stream.concat(before.stream(), Stream.of(entry.getKey())).toList())
                        .stream());
    return Stream.concat(own, below).toList();
  }

  /** The served target whose name ends in {@code name} and that was written last. */
  Path newest(String below, String name) throws IOException {
    try (Stream<Path> files =
        Files.list(folder.resolve("author/repository/targets").resolve(below))) {
      return files
          .filter(file -> file.toString().endsWith("." + name))
          .max(java.util.Comparator.comparing(file -> file.toFile().lastModified()))
          .orElseThrow();
    }
  }
}
