// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.bad;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.systemtest.lab.Distribution;
import dev.bartizan.systemtest.lab.Models;
import dev.bartizan.systemtest.lab.Program.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;

/**
 * A device under a service manager that kills what does not beat, and whose peers answer slowly:
 * each request it ever makes can be dripped by itself, while all before it are answered well.
 */
abstract class Dripped extends OneDevice {
  private NotifySocket notify;
  private Supervisor supervisor;
  private DripServer web;

  /** What the device asks a repository for, in the order in which an update makes it ask. */
  enum Request {
    ROOT("metadata/\\d+\\.root\\.json"),
    TIMESTAMP("metadata/timestamp\\.json"),
    SNAPSHOT("metadata/(\\d+\\.)?snapshot\\.json"),
    TARGETS("metadata/(\\d+\\.)?targets\\.json"),
    DELEGATED("metadata/(\\d+\\.)?(models|software|reference|policy)\\.json"),
    DOCUMENT("targets/policy/.*"),
    MANIFEST("targets/models/.*"),
    ENVELOPE("keys/.*"),
    ARTIFACT("artifacts/.*");

    private final String path;

    Request(String path) {
      this.path = path;
    }

    private Predicate<String> paths() {
      return Pattern.compile(path).asMatchPredicate();
    }

    /** By then a deployment has been ordered, which waits until it is called off. */
    private boolean isOfADeployment() {
      return this == ENVELOPE || this == ARTIFACT;
    }
  }

  /** All times of the attack, and of the service manager, are shorter by this. */
  int factor() {
    return 6;
  }

  final Duration watchdog() {
    return Duration.ofSeconds(60).dividedBy(factor());
  }

  final Duration perByte() {
    return Duration.ofSeconds(10).dividedBy(factor());
  }

  @BeforeAll
  void supervise() throws Exception {
    lab().release("1.1.0", Models.file("1.1.0"), Models.golden("1.1.0"));
    // Another policy, so that there is a document to fetch.
    lab().operator().release("policy", "--models", MODEL, "--jitter", "1");
    device().stop();
    lab().web().stop();
    int port = Integer.parseInt(lab().repositoryUrl().replaceAll("\\D*127.0.0.1:(\\d+)/", "$1"));
    web = new DripServer(port, lab().operator().repository(), path -> true, perByte());
    Path socket = home().resolve("notify");
    notify = new NotifySocket(socket, watchdog(), () -> supervisor.kill());
    supervisor =
        Supervisor.start(
            Distribution.built(),
            device(),
            home().resolve("daemon.log"),
            Map.of(
                "NOTIFY_SOCKET",
                socket.toString(),
                "WATCHDOG_USEC",
                String.valueOf(watchdog().toNanos() / 1000)));
    await("the daemon", () -> device().serving(MODEL).equals("1.0.0"));
  }

  /** The repository from now on. */
  final void drips(Predicate<String> path) throws IOException {
    web.turnTo(path);
  }

  /** How often the daemon may have been started. */
  int starts() {
    return 1;
  }

  final int supervisorStarts() {
    return supervisor.starts();
  }

  @AfterEach
  void nothingWasEnded() throws Exception {
    assertEquals(0, notify.kills(), "killed for want of a beat");
    assertEquals(starts(), supervisor.starts());
    assertServes("1.0.0");
    Path launch = device().state().resolve("software/launch");
    assertFalse(
        Files.exists(launch) && Files.readString(launch).matches("(?s).*tries [2-9].*"),
        "tries are used up");
    String history = device().run("history").expect(0).out();
    assertFalse(history.contains("rolled-back") || history.contains("GIVEN_UP"), history);
  }

  @AfterAll
  void unsupervise() throws Exception {
    web.close();
    supervisor.stop();
    notify.close();
  }

  /** The update is held up there, and nothing else is. */
  final void holdsUpNothingElse(Request request) throws Exception {
    if (request == Request.TARGETS) {
      // A release changes what targets delegates to, and not targets itself: lost, it is asked for.
      Files.delete(device().state().resolve("tuf/targets.json"));
    }
    drips(request.paths());
    CompletableFuture<Outcome> update = begin("update", "model=" + MODEL, "version=1.1.0");
    await("the request for " + request, () -> web.dripped() > 0);
    everythingElseGoesOn();
    if (request.isOfADeployment()) {
      lab().command("cancel", "deployment=" + deployment()).expect(0);
      assertAnswer(update.join(), "cancelled");
    } else {
      drips(path -> true);
      assertAnswer(update.join(), "NOT_NOW");
    }
  }

  /** It beats, serves, obeys, and answers who asks it here. */
  final void everythingElseGoesOn() throws Exception {
    int beats = notify.beats();
    assertServes("1.0.0");
    lab().command("status").expect(0);
    device().run("history", "--verify").expect(0);
    awaitBeats(beats + 2);
  }

  final void awaitBeats(int beats) throws Exception {
    await("beats", () -> notify.beats() >= beats);
  }

  final int beats() {
    return notify.beats();
  }

  private String deployment() throws IOException {
    String id = device().status().path("deployment").path("id").asText();
    assertTrue(id.length() > 0, "no deployment is under way");
    return id;
  }
}
