// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.database;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.crypto.keystore.Ueid;
import dev.bartizan.fleet.DatabaseChoice;
import dev.bartizan.fleet.broker.KeyLog;
import dev.bartizan.fleet.credential.CertificateAuthority;
import dev.bartizan.fleet.credential.OperatorKeys;
import dev.bartizan.fleet.enrol.TokenStore.Permission;
import dev.bartizan.updater.disk.SharedDirectory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two servers on one PostgreSQL, as processes; one is killed in the middle of everything. */
final class KilledInstanceTest {
  private static final int TOKENS = 400;
  private static final int BEFORE_THE_KILL = 40;
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  @TempDir private Path folder;
  private final SecureRandom random = new SecureRandom();
  private Postgres postgres;
  private SharedDirectory directory;
  private final List<Process> running = new ArrayList<>();

  @BeforeEach
  void found() throws Exception {
    postgres = Postgres.start(KilledInstanceTest.class);
    directory = new SharedDirectory(folder.resolve("one"));
    CertificateAuthority.create(directory, "fleet.example", Clock.systemUTC(), random);
    new OperatorKeys(directory).create(OperatorKeys.VERIFIER, random);
    try (FleetDatabase database = database()) {
      Permission permission = new Permission(Instant.now().plusSeconds(10_000), false);
      for (int i = 0; i < TOKENS; i++) {
        database.tokens().add(Instance.digest(i), permission, Instant.now());
      }
    }
  }

  @AfterEach
  void end() throws Exception {
    running.forEach(Process::destroyForcibly);
    if (postgres != null) {
      postgres.close();
    }
  }

  private FleetDatabase database() throws Exception {
    return FleetDatabase.of(directory, postgres.choice(), random, System.err::println);
  }

  /** A server with a directory of its own, whose keys are those of the first. */
  private Process begin(String name, int from, int step) throws Exception {
    Path own = folder.resolve(name);
    for (String file :
        List.of("ca/ca.key", "ca/ca.pem", "keys/verifier.key", "keys/verifier.pub")) {
      Files.createDirectories(own.resolve(file).getParent());
      Files.copy(directory.path(file), own.resolve(file));
    }
    DatabaseChoice.Server server = postgres.choice().server().orElseThrow();
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Instance.class.getName(),
                own.toString(),
                server.url(),
                server.user(),
                server.passwordFile(),
                String.valueOf(from),
                String.valueOf(step),
                String.valueOf(TOKENS))
            .redirectOutput(out(name).toFile())
            .redirectError(folder.resolve(name + ".err").toFile())
            .start();
    running.add(process);
    return process;
  }

  private Path out(String name) {
    return folder.resolve(name + ".out");
  }

  /** The numbers of what an instance said was durable. */
  private Set<Integer> said(String name, String what) throws Exception {
    String text = Files.readString(out(name));
    // A line that it was killed in was not said.
    return text.substring(0, text.lastIndexOf('\n') + 1)
        .lines()
        .filter(line -> line.startsWith(what + " "))
        .map(line -> Integer.valueOf(line.substring(what.length() + 1)))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private Set<Integer> saidByBoth(String what) throws Exception {
    Set<Integer> both = said("two", what);
    both.addAll(said("three", what));
    return both;
  }

  @Test
  void whatWasSaidToBeDurableIsThereAndNothingIsTwice() throws Exception {
    Process survivor = begin("two", 0, 1);
    Process victim = begin("three", TOKENS - 1, -1);
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (said("three", "key").size() < BEFORE_THE_KILL && System.nanoTime() < end) {
      TimeUnit.MILLISECONDS.sleep(20);
    }

    victim.destroyForcibly().waitFor();
    assertTrue(
        survivor.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS), "the other one does not go on");

    assertEquals(0, survivor.exitValue(), Files.readString(folder.resolve("two.err")));
    Set<Integer> twice = said("two", "token");
    twice.retainAll(said("three", "token"));
    assertEquals(Set.of(), twice);
    assertTrue(said("three", "key").size() >= BEFORE_THE_KILL);
    assertTrue(said("two", "key").size() > BEFORE_THE_KILL);
    // At most the one that was under way when it was killed.
    assertTrue(saidByBoth("token").size() >= TOKENS - 1, saidByBoth("token").size() + " tokens");
    assertTrue(saidByBoth("key").size() >= TOKENS - 1);
    try (FleetDatabase database = database()) {
      requireThere(database);
    }
    System.out.println(
        "two servers on one PostgreSQL, one killed after "
            + said("three", "key").size()
            + " of "
            + TOKENS
            + " enrolments: nothing lost, nothing twice");
  }

  private void requireThere(FleetDatabase database) throws Exception {
    Set<Ueid> keys = new TreeSet<>((one, other) -> one.text().compareTo(other.text()));
    KeyLog.Head head = database.keyLog().verify(entry -> keys.add(entry.device()));
    assertEquals(head.entries(), keys.size());
    for (int number : saidByBoth("token")) {
      assertTrue(database.tokens().find(Instance.digest(number)).isEmpty());
    }
    for (int number : saidByBoth("device")) {
      assertTrue(database.devices().find(Instance.ueid(number)).isPresent());
    }
    for (int number : saidByBoth("result")) {
      assertTrue(database.results().latest(Instance.ueid(number)).isPresent());
    }
    for (int number : saidByBoth("key")) {
      assertTrue(keys.contains(Instance.ueid(number)));
    }
  }
}
