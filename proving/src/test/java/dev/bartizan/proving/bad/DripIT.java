package dev.bartizan.proving.bad;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.proving.lab.Distribution;
import dev.bartizan.proving.lab.Models;
import dev.bartizan.proving.lab.Program.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Whoever answers slowly, and needs no key for it, ends nothing: the daemon beats, serves and obeys
 * under a service manager that kills what does not beat, and no version is given up for it.
 */
class DripIT extends OneDevice {
  private NotifySocket notify;
  private Supervisor supervisor;
  private DripServer web;

  /** All times of the attack, and of the service manager, are shorter by this. */
  int factor() {
    return 6;
  }

  private Duration watchdog() {
    return Duration.ofSeconds(60).dividedBy(factor());
  }

  private Duration perByte() {
    return Duration.ofSeconds(10).dividedBy(factor());
  }

  @BeforeAll
  void supervise() throws Exception {
    lab().release("1.1.0", Models.file("1.1.0"), Models.golden("1.1.0"));
    device().stop();
    lab().web().stop();
    web = drip(path -> true);
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

  private DripServer drip(Predicate<String> dripping) throws IOException {
    int port = Integer.parseInt(lab().repositoryUrl().replaceAll("\\D*127.0.0.1:(\\d+)/", "$1"));
    return new DripServer(port, lab().operator().repository(), dripping, perByte());
  }

  @AfterEach
  void nothingWasEnded() throws Exception {
    assertEquals(0, notify.kills(), "killed for want of a beat");
    assertEquals(1, supervisor.starts());
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

  @Test
  void aRepositoryThatDripsMetadataHoldsUpNothing() throws Exception {
    // Slow retrieval: a byte in ten seconds stops a loop that asks, reads and beats in turn.
    int dripped = web.dripped();
    CompletableFuture<Outcome> update = begin("update", "model=" + MODEL, "version=1.1.0");
    await("a request", () -> web.dripped() > 0 || web.dripped() > dripped);
    int beats = notify.beats();
    long begin = System.nanoTime();
    while (System.nanoTime() - begin < 3 * watchdog().toNanos()) {
      assertServes("1.0.0");
      lab().command("status").expect(0);
      device().run("status").expect(0);
      device().run("history", "--verify").expect(0);
    }
    assertTrue(notify.beats() - beats >= 3, notify.beats() - beats + " beats");
    assertAnswer(update.join(), "NOT_NOW");
  }

  @Test
  void aDeploymentWhoseArtifactsAreDrippedCanBeCalledOff() throws Exception {
    web.close();
    web = drip(path -> path.startsWith("artifacts/"));
    CompletableFuture<Outcome> update = begin("update", "model=" + MODEL, "version=1.1.0");
    await("the fetching", () -> deployment().equals("fetching") && web.dripped() > 0);
    int beats = notify.beats();
    await("beats", () -> notify.beats() - beats >= 3);
    lab().command("cancel", "deployment=" + id()).expect(0);
    assertAnswer(update.join(), "cancelled");
    web.close();
    web = drip(path -> true);
  }

  @Test
  void aBrokerThatDripsItsHandshakeHoldsUpNothing() throws Exception {
    lab().broker().stop();
    try (DripServer broker = new DripServer(lab().brokerPort(), home(), path -> true, perByte())) {
      await("a handshake", () -> broker.dripped() > 0);
      int beats = notify.beats();
      await("beats", () -> notify.beats() - beats >= 3);
      device().run("status").expect(0);
    }
    lab().broker().restart();
    awaitNoProblem("broker");
  }

  private String deployment() throws IOException {
    return device().status().path("deployment").path("state").asText();
  }

  private String id() throws IOException {
    return device().status().path("deployment").path("id").asText();
  }
}
