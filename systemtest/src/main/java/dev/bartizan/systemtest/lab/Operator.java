// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.lab;

import dev.bartizan.crypto.TouchesTheWorld;
import dev.bartizan.systemtest.lab.Program.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The operator's side: {@code bartizan-fleet} on one directory. */
@TouchesTheWorld("the operator's directory")
public final class Operator {
  private final Program program;
  private final Distribution distribution;
  private final Path directory;

  public Operator(Distribution distribution, Path directory) {
    this.program = new Program(distribution.fleet());
    this.distribution = distribution;
    this.directory = directory;
  }

  public Path directory() {
    return directory;
  }

  /** What a web server serves. */
  public Path repository() {
    return directory.resolve("repository");
  }

  /** {@code bartizan-fleet init} with this broker and repository. */
  public Outcome init(int brokerPort, String repositoryUrl)
      throws IOException, InterruptedException {
    return program
        .run(
            "init",
            directory.toString(),
            "--trust-domain",
            "demo.example",
            "--broker",
            "ssl://localhost:" + brokerPort,
            "--repository",
            repositoryUrl)
        .expect(0);
  }

  /** Runs a command that takes {@code --dir}, and insists that it succeeds. */
  public Outcome run(String... arguments) throws IOException, InterruptedException {
    return attempt(arguments).expect(0);
  }

  /** The same for a command that may fail. */
  public Outcome attempt(String... arguments) throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(Arrays.asList(arguments));
    all.add("--dir");
    all.add(directory.toString());
    return program.run(all.toArray(String[]::new));
  }

  /** Runs a command as it stands. */
  public Outcome plain(String... arguments) throws IOException, InterruptedException {
    return program.run(arguments);
  }

  /** Lets the makers of these chips be believed. */
  public void trustChipsOf(Path issuerPem) throws IOException {
    Path roots = Files.createDirectories(directory.resolve("ek-roots"));
    Files.copy(issuerPem, roots.resolve("maker.pem"));
  }

  /** {@code bartizan-fleet serve}: enrolment, with these further options. */
  public Background serve(int port, String... options) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(distribution.fleet()));
    command.addAll(List.of("serve", directory.toString(), "--listen", "127.0.0.1:" + port));
    command.addAll(Arrays.asList(options));
    Background server =
        Background.start(directory.resolve("serve.log"), command.toArray(String[]::new));
    Patience.await("the enrolment server", Duration.ofSeconds(30), () -> Ports.answers(port));
    return server;
  }
}
