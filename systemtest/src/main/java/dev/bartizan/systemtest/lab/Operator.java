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
import java.util.stream.Stream;

/**
 * The operator's side: an author's directory, which {@code bartizan-release} works on, and a
 * server's, which {@code bartizan-fleet} works on. Neither knows where the other is.
 */
@TouchesTheWorld("the operator's directories")
public final class Operator {
  private static final int NOT_NOW = 3;
  private static final int REFRESH_TRIES = 20;
  private static final Duration REFRESH_PAUSE = Duration.ofMillis(250);

  private final Command release;
  private final Command fleet;
  private final Accounts accounts;
  private final Distribution distribution;
  private final Path handed;
  private final Path author;
  private final Path directory;

  private Operator(
      Command release, Command fleet, Accounts accounts, Distribution distribution, Path home) {
    this.release = release;
    this.fleet = fleet;
    this.accounts = accounts;
    this.distribution = distribution;
    this.handed = home.resolve("handed");
    this.author = home.resolve("author");
    this.directory = home.resolve("fleet");
  }

  /**
   * Both as whoever runs this, with commands that need no process each.
   *
   * @param home of both
   */
  public static Operator inThisProcess(Distribution distribution, Path home) {
    return new Operator(
        InThisProcess.release(), InThisProcess.fleet(), Accounts.one(), distribution, home);
  }

  /**
   * Both as these users, with the programs that ship.
   *
   * @param home of both
   */
  public static Operator byPrograms(Distribution distribution, Path home, Accounts accounts) {
    return new Operator(
        new Program(with(accounts.author(), distribution.release())),
        new Program(with(accounts.server(), distribution.fleet())),
        accounts,
        distribution,
        home);
  }

  /** The author's. */
  public Path author() {
    return author;
  }

  /** The server's. */
  public Path directory() {
    return directory;
  }

  /** What a web server serves: the author's repository, and in it the keys that the server adds. */
  public Path repository() {
    return author.resolve("repository");
  }

  /** Content keys as devices get them. */
  public Path envelopes() {
    return directory.resolve("served/keys");
  }

  /** Founds both, with this broker and repository, and makes each known to the other. */
  public Outcome init(int brokerPort, String repositoryUrl)
      throws IOException, InterruptedException {
    accounts.makeForAuthor(author);
    accounts.makeForServer(directory);
    release.run("init", author.toString()).expect(0);
    Outcome founded =
        fleet
            .run(
                "init",
                directory.toString(),
                "--root",
                handOver(author.resolve("root.json")).toString(),
                "--trust-domain",
                "demo.example",
                "--broker",
                "ssl://localhost:" + brokerPort,
                "--repository",
                repositoryUrl)
            .expect(0);
    release("fleet", handOver(directory.resolve("fleet-keys.json")).toString());
    Files.createSymbolicLink(repository().resolve("keys"), envelopes());
    return founded;
  }

  /** A file or directory as the author's or the server's programs can read it. */
  Path handOver(Path file) throws IOException {
    return accounts.handOver(file, handed);
  }

  /** How reading that file ends for the author, who is another user than the server. */
  public Outcome authorReads(Path file) throws IOException, InterruptedException {
    return new Program(with(accounts.author(), "cat")).run(file.toString());
  }

  /** The same for the server. */
  public Outcome serverReads(Path file) throws IOException, InterruptedException {
    return new Program(with(accounts.server(), "cat")).run(file.toString());
  }

  private static String[] with(List<String> prefix, String program) {
    return Stream.concat(prefix.stream(), Stream.of(program)).toArray(String[]::new);
  }

  /**
   * Has the author do something, and insists that it succeeds. Of a model the server is told at
   * once, and not within the minute: its devices are to have the key.
   */
  public Outcome release(String... arguments) throws IOException, InterruptedException {
    Outcome released = in(author, release, arguments).expect(0);
    if (arguments[0].equals("model")) {
      refresh();
    }
    return released;
  }

  /** Again while a running server looks at the repository itself, and so has what it writes. */
  private void refresh() throws IOException, InterruptedException {
    Outcome refreshed = attempt("refresh");
    for (int i = 0; i < REFRESH_TRIES && refreshed.exit() == NOT_NOW; i++) {
      Thread.sleep(REFRESH_PAUSE.toMillis());
      refreshed = attempt("refresh");
    }
    refreshed.expect(0);
  }

  /** Has the server do something, and insists that it succeeds. */
  public Outcome run(String... arguments) throws IOException, InterruptedException {
    return attempt(arguments).expect(0);
  }

  /** The same for a command that may fail. */
  public Outcome attempt(String... arguments) throws IOException, InterruptedException {
    return in(directory, fleet, arguments);
  }

  private static Outcome in(Path directory, Command program, String... arguments)
      throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(Arrays.asList(arguments));
    all.add("--dir");
    all.add(directory.toString());
    return program.run(all.toArray(String[]::new));
  }

  /** Runs a command of the server's as it stands. */
  public Outcome plain(String... arguments) throws IOException, InterruptedException {
    return fleet.run(arguments);
  }

  /** Lets the makers of these chips be believed. */
  public void trustChipsOf(Path issuerPem) throws IOException {
    Path roots = Files.createDirectories(directory.resolve("ek-roots"));
    Files.copy(issuerPem, roots.resolve("maker.pem"));
  }

  /** {@code bartizan-fleet serve}: enrolment, with these further options. */
  public Background serve(int port, String... options) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(accounts.server());
    command.add(distribution.fleet());
    command.addAll(List.of("serve", directory.toString(), "--listen", "127.0.0.1:" + port));
    command.addAll(Arrays.asList(options));
    Background server =
        Background.start(directory.resolve("serve.log"), command.toArray(String[]::new));
    Patience.await("the enrolment server", Duration.ofSeconds(30), () -> Ports.answers(port));
    return server;
  }
}
