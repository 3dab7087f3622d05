// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.database;

import dev.bartizan.fleet.DatabaseChoice;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** A PostgreSQL of the distribution's, of our own: on the loopback address, in a directory. */
public final class Postgres {
  private static final String USER = "fleet";
  private static final String PASSWORD = "not for the command line";

  /** Who owns nothing: PostgreSQL does not run as root. */
  private static final String ACCOUNT = "daemon";

  private final Path binaries;
  private final Path folder;
  private final int port;

  private Postgres(Path binaries, Path folder, int port) {
    this.binaries = binaries;
    this.folder = folder;
    this.port = port;
  }

  /** One that runs; where there is none, the test ends here and is listed among those not run. */
  public static Postgres start(Class<?> test) throws Exception {
    Optional<Path> found = find();
    if (found.isEmpty()) {
      Path list = Files.createDirectories(Path.of("target")).resolve("not-run");
      Files.writeString(
          list,
          test.getSimpleName() + ": PostgreSQL is not installed: apt-get install postgresql\n",
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    }
    Assumptions.assumeTrue(found.isPresent(), "no PostgreSQL");
    // Short: the name of a socket in it must be.
    Path folder = Files.createTempDirectory(Path.of("/tmp"), "pg");
    Postgres postgres = new Postgres(found.orElseThrow(), folder, freePort());
    postgres.found();
    postgres.begin();
    return postgres;
  }

  /** Debian and Ubuntu have it here, the newest version last. */
  private static Optional<Path> find() throws IOException {
    Path versions = Path.of("/usr/lib/postgresql");
    if (!Files.isDirectory(versions)) {
      return Optional.empty();
    }
    try (Stream<Path> all = Files.list(versions)) {
      return all.map(version -> version.resolve("bin"))
          .filter(bin -> Files.isExecutable(bin.resolve("initdb")))
          .filter(bin -> Files.isExecutable(bin.resolve("postgres")))
          .max(Comparator.comparing(Path::toString));
    }
  }

  private void found() throws Exception {
    Files.writeString(folder.resolve("password"), PASSWORD + "\n");
    own();
    run(
        "initdb",
        "-D",
        data().toString(),
        "-U",
        USER,
        "--auth=scram-sha-256",
        "--pwfile=" + folder.resolve("password"),
        "-E",
        "UTF8",
        "--locale=C",
        "--no-sync");
  }

  /** Starts it, and waits until it answers. */
  public void begin() throws Exception {
    run(
        "pg_ctl",
        "-D",
        data().toString(),
        "-l",
        folder.resolve("log").toString(),
        "-w",
        "-t",
        "60",
        "-o",
        "-p " + port + " -c listen_addresses=127.0.0.1 -k " + folder,
        "start");
  }

  /** As a power cut: whoever is connected is no more. */
  public void kill() throws Exception {
    run("pg_ctl", "-D", data().toString(), "-m", "immediate", "-w", "stop");
  }

  /** A copy of all that it has, while it is ended. */
  public void save() throws Exception {
    run("pg_ctl", "-D", data().toString(), "-m", "fast", "-w", "stop");
    exec(List.of("cp", "-a", data().toString(), folder.resolve("saved").toString()));
    begin();
  }

  /** Puts the copy back. */
  public void restore() throws Exception {
    kill();
    exec(List.of("rm", "-rf", data().toString()));
    exec(List.of("mv", folder.resolve("saved").toString(), data().toString()));
    begin();
  }

  /** What a fleet's settings say of it. */
  public DatabaseChoice choice() {
    return new DatabaseChoice(
        Optional.of(
            new DatabaseChoice.Server(
                "jdbc:postgresql://127.0.0.1:" + port + "/postgres", USER, passwordFile())),
        DatabaseChoice.DEFAULT.resultAge(),
        DatabaseChoice.DEFAULT.resultsPerDevice());
  }

  private String passwordFile() {
    return folder.resolve("password").toString();
  }

  /** Forgets all tables. */
  public void empty() throws Exception {
    try (var connection =
        new PostgresPlace(choice().server().orElseThrow(), Path.of("/")).connect()) {
      new Sql(connection).run("DROP SCHEMA public CASCADE");
      new Sql(connection).run("CREATE SCHEMA public");
    }
  }

  private Path data() {
    return folder.resolve("data");
  }

  private void own() throws Exception {
    Files.setPosixFilePermissions(
        folder.resolve("password"), PosixFilePermissions.fromString("rw-------"));
    if (isRoot()) {
      exec(List.of("chown", "-R", ACCOUNT + ":", folder.toString()));
    }
  }

  private static boolean isRoot() {
    return System.getProperty("user.name", "").equals("root");
  }

  private void run(String program, String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    if (isRoot()) {
      command.addAll(
          List.of("setpriv", "--reuid", ACCOUNT, "--regid", ACCOUNT, "--clear-groups", "--"));
    }
    command.add(binaries.resolve(program).toString());
    command.addAll(List.of(arguments));
    exec(command);
  }

  private void exec(List<String> command) throws Exception {
    Path out = folder.resolveSibling(folder.getFileName() + ".out");
    Process process =
        new ProcessBuilder(command)
            .directory(Path.of("/tmp").toFile())
            .redirectErrorStream(true)
            .redirectOutput(out.toFile())
            .start();
    if (!process.waitFor(Duration.ofMinutes(2).toSeconds(), TimeUnit.SECONDS)
        || process.exitValue() != 0) {
      throw new IOException(command + ": " + Files.readString(out));
    }
    Files.delete(out);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  /** Ends it, and takes its directory away. */
  public void close() throws Exception {
    try {
      kill();
    } finally {
      exec(List.of("rm", "-rf", folder.toString()));
    }
  }
}
