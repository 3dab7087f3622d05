// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.bad;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bartizan.systemtest.lab.Lab;
import dev.bartizan.systemtest.lab.Models;
import dev.bartizan.systemtest.lab.Program.Outcome;
import dev.bartizan.systemtest.lab.Traffic;
import dev.bartizan.updater.install.UpdateState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Updates that are broken off halfway, while applications go on asking for inferences. */
class BrokenOffIT extends OneDevice {
  private static final long LONGEST_NANOS = 60_000_000_000L;
  private static final long LOOK_NANOS = 100_000;

  /** Two releases to go back to and the active one: manifest, model and golden vectors each. */
  private static final int OBJECTS_MAX = 9;

  private static final List<String> ENDS = List.of("committed", "rolled-back", "failed");

  private static final long SEED = 4711;
  private static final int KILLS = 6;

  /** A kill comes at the latest after so many inferences, a second or so of them. */
  private static final int LATEST = 700;

  private int minor;
  private String before = "";
  private Traffic traffic;

  @BeforeEach
  void applicationsAsk() throws Exception {
    before = device().serving(MODEL);
    traffic = Traffic.start(device(), MODEL, Models.sample("pit"));
  }

  @AfterEach
  void everythingIsInOrder() throws Exception {
    traffic.stop();
    assertTrue(traffic.answered() > 0, traffic.firstLoss());
    assertServes(device().serving(MODEL));
    device().run("history", "--verify").expect(0);
    await("the clearing up", () -> files("partial") == 0 && files("objects") <= OBJECTS_MAX);
  }

  private String release(String model, String... options) throws Exception {
    String version = "1.1." + ++minor;
    lab().release(version, Models.file(model), Models.golden(model), options);
    return version;
  }

  @ParameterizedTest
  @EnumSource(
      value = UpdateState.class,
      names = {"PLANNED", "FETCHING", "STAGED", "ACTIVATING", "PROBATION"})
  void killedWhile(UpdateState state) throws Exception {
    String version = release("1.1.0");
    CompletableFuture<Outcome> update = begin("update", "model=" + MODEL, "version=" + version);
    killWhile(state);
    device().launch();

    Outcome end = update.get();

    assertEnd(end, List.of("committed", "rolled-back"));
    awaitServing(end.exit() == 0 ? version : before);
    assertEndedOnce(Lab.answer(end).path("jti").asText());
  }

  /** The moments are counted in inferences, and drawn from a seed. */
  @Test
  void killedAtRandomMoments() throws Exception {
    SplittableRandom random = new SplittableRandom(SEED);
    String version = release("1.1.0");
    CompletableFuture<Outcome> update = begin("update", "model=" + MODEL, "version=" + version);
    for (int kill = 0; kill < KILLS; kill++) {
      long moment = traffic.answered() + 1 + random.nextInt(LATEST);
      await("inference " + moment, () -> traffic.answered() >= moment);
      device().kill();
      device().launch();
    }

    Outcome end = update.get();

    // Three starts in one state are as many as an update gets, whoever is to blame for them.
    assertEnd(end, List.of("committed", "rolled-back", "failed"));
    awaitServing(end.exit() == 0 ? version : before);
    assertEndedOnce(Lab.answer(end).path("jti").asText());
    assertEquals(0, Models.runsOf(Models.file("1.1.0"), device().stateFiles()));
  }

  @Test
  void killedWhileGoingBack() throws Exception {
    String version = release("1.2.0-broken", "--untried");
    CompletableFuture<Outcome> update = begin("update", "model=" + MODEL, "version=" + version);
    killWhile(UpdateState.ROLLING_BACK);
    device().launch();

    Outcome end = update.get();

    assertEnd(end, List.of("rolled-back"));
    awaitServing(before);
    assertEndedOnce(Lab.answer(end).path("jti").asText());
  }

  @Test
  void theBrokerGoesAwayDuringAnUpdateAndTheReportsWaitForIt() throws Exception {
    String version = release("1.1.0");
    lab()
        .operator()
        .run("command", "update", "model=" + MODEL, "version=" + version, "--to", lab().ueid());
    await("the trial", () -> deployment().path("state").asText().equals("probation"));
    lab().broker().stop();

    awaitProblem("broker", "not connected");
    await("the end", () -> deployment().isMissingNode());
    assertServes(version);
    await("the answer", () -> outbox("-response") > 0 && outbox("-event") > 0);
    lab().broker().restart();
    await("the outbox to empty", () -> outbox("") == 0);
    awaitNoProblem("broker");
    lab().command("status").expect(0);
    assertEquals(0, traffic.lost(), traffic.firstLoss());
  }

  private JsonNode deployment() throws IOException {
    return device().status().path("deployment");
  }

  /** Hardly a pause between two looks: some states are over within milliseconds. */
  private void killWhile(UpdateState state) throws Exception {
    String sign = "\"state\":\"" + state.text() + "\"";
    long start = System.nanoTime();
    while (!journal().contains(sign)) {
      if (System.nanoTime() - start > LONGEST_NANOS) {
        throw new IOException("the update never was " + state.text() + ": " + journal());
      }
      // The device that is looked at needs the processor more than we do.
      LockSupport.parkNanos(LOOK_NANOS);
    }
    device().kill();
  }

  private String journal() throws IOException {
    return Files.readString(device().state().resolve("journal"));
  }

  private static void assertEnd(Outcome end, List<String> allowed) throws IOException {
    JsonNode answer = Lab.answer(end);
    assertTrue(allowed.contains(answer.path("result").path("outcome").asText()), end.out());
  }

  private void assertEndedOnce(String deployment) throws Exception {
    JsonNode history =
        new ObjectMapper().readTree(device().run("history", "--json").expect(0).out());
    int ends = 0;
    for (JsonNode entry : history.path("entries")) {
      boolean ours = entry.path("deployment").asText().equals(deployment);
      if (ours && ENDS.contains(entry.path("what").asText())) {
        ends++;
      }
    }
    assertEquals(1, ends, history.toString());
  }

  private long outbox(String channel) throws IOException {
    Path folder = device().state().resolve("outbox");
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(channel)).count();
    }
  }

  private long files(String folder) throws IOException {
    try (Stream<Path> files = Files.list(device().state().resolve(folder))) {
      return files.count();
    } catch (NoSuchFileException none) {
      return 0;
    }
  }
}
