// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.bad;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bartizan.author.keys.KeySecrets;
import dev.bartizan.author.release.AuthorRepository;
import dev.bartizan.systemtest.lab.Distribution;
import dev.bartizan.systemtest.lab.FileTree;
import dev.bartizan.systemtest.lab.Lab;
import dev.bartizan.systemtest.lab.Models;
import dev.bartizan.systemtest.lab.Patience;
import dev.bartizan.systemtest.lab.Program.Outcome;
import dev.bartizan.systemtest.lab.TestDevice;
import dev.bartizan.updater.disk.SharedDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/** A device that serves, shared by the situations of a class: each leaves it serving. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class OneDevice {
  static final String MODEL = Models.NAME;

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private Path home = Path.of("");
  private Lab lab;

  @BeforeAll
  void switchOn() throws Exception {
    home = Files.createTempDirectory("b");
    lab = Lab.serving(Distribution.built(), home);
  }

  @AfterAll
  void switchOff() throws IOException {
    lab.close();
    FileTree.delete(home);
  }

  /** Publishes a timestamp that has expired, as if nobody had come by since. */
  final void signTimestampDaysAgo(int days) throws Exception {
    Clock then = Clock.offset(Clock.systemUTC(), Duration.ofDays(-days));
    AuthorRepository repository =
        new AuthorRepository(
            new SharedDirectory(lab().operator().author()),
            KeySecrets.NONE,
            then,
            new SecureRandom());
    repository.use(
        it -> {
          it.renewTimestamp();
          return it;
        });
  }

  final Lab lab() {
    return lab;
  }

  final TestDevice device() {
    return lab.device();
  }

  /** A directory of the class's own. */
  final Path home() {
    return home;
  }

  /** Version {@code version} serves; 1.0.0 is the only one that takes this pit for a crack. */
  final void assertServes(String version) throws IOException {
    assertEquals(version, device().serving(MODEL));
    assertEquals(
        version.equals("1.0.0") ? "crack" : "pit",
        Models.label(device().infer(MODEL, Models.sample("pit"))));
  }

  final void awaitServing(String version) throws Exception {
    await(MODEL + " " + version, () -> device().serving(MODEL).equals(version));
    assertServes(version);
  }

  /** What the daemon says is wrong with {@code subject} now; empty when nothing is. */
  final String problem(String subject) throws IOException {
    return device().status().path("alarms").path(subject).asText();
  }

  final void awaitProblem(String subject, String part) throws Exception {
    await("the problem " + part, () -> problem(subject).contains(part));
  }

  final void awaitNoProblem(String subject) throws Exception {
    await("the end of the problem " + subject, () -> problem(subject).isEmpty());
  }

  static void await(String what, Patience.Question question) throws Exception {
    Patience.await(what, PATIENCE, question);
  }

  final Outcome update(String version) throws Exception {
    return lab.command("update", "model=" + MODEL, "version=" + version);
  }

  /** Sends a command and goes on: the operator waits by himself. */
  final CompletableFuture<Outcome> begin(String name, String... arguments) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return lab.command(name, arguments);
          } catch (IOException | InterruptedException failed) {
            throw new CompletionException(failed);
          }
        });
  }

  /** The command was not obeyed, and the device's answer says why. */
  static void assertAnswer(Outcome command, String end, String... parts) throws IOException {
    assertEquals(1, command.exit(), command.err());
    JsonNode answer = Lab.answer(command);
    JsonNode result = answer.path("result");
    boolean tookPlace = !result.isMissingNode();
    assertEquals(
        end,
        tookPlace ? result.path("outcome").asText() : answer.path("error").path("code").asText(),
        command.out());
    String why =
        tookPlace ? result.path("reason").asText() : answer.path("error").path("message").asText();
    assertContains(why, parts);
  }

  /** One line on stderr beside the log, no stack trace, and the contract's exit code. */
  static void assertOneLine(int exit, Outcome outcome, String... parts) {
    List<String> lines =
        outcome.err().lines().filter(line -> !line.isBlank() && !isLog(line)).toList();
    assertEquals(1, lines.size(), outcome.err());
    assertContains(lines.get(0), parts);
    assertEquals(exit, outcome.exit(), outcome.err());
  }

  private static boolean isLog(String line) {
    return line.matches("<[346]>.*");
  }

  private static void assertContains(String line, String... parts) {
    for (String part : parts) {
      assertTrue(line.contains(part), "expected \"" + part + "\" in: " + line);
    }
    assertEquals(1, line.lines().count(), line);
  }
}
