// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.bad;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.agent.serve.http.Answer;
import dev.bartizan.systemtest.lab.Distribution;
import dev.bartizan.systemtest.lab.Lab;
import dev.bartizan.systemtest.lab.Models;
import dev.bartizan.systemtest.lab.Program.Outcome;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A local program, on the real daemon with the heap of a small device, that wants nobody else to be
 * answered: all the while another user's program is. HostileClientTest has each of its ways by
 * itself; here they are on top of each other, by one of two users whom the kernel tells apart.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class HostileClientIT extends OneDevice {
  private static final int MANY = 1_000_000;
  private static final String IMAGE = "{\"name\":\"image\",\"shape\":[%d,1,32,32],\"datatype\":";

  @SuppressWarnings("NullAway.Init") // each test starts one
  private Supervisor supervisor;

  @AfterEach
  void stop() throws Exception {
    supervisor.stop();
  }

  /** As its service manager starts it, on a device with so much memory. */
  private void startWith(String option) throws Exception {
    device().stop();
    Path java = SmallJava.with(option, home().resolve("java"));
    supervisor =
        Supervisor.start(
            Distribution.built(),
            device(),
            home().resolve("daemon.log"),
            Map.of("JAVA_HOME", java.toString()));
  }

  // Attack: slow, half, 64 MiB, a million keys, a million texts, while one more user asks.
  @ParameterizedTest
  @ValueSource(strings = {"512m", "1g"})
  @Order(1)
  void whateverOneUserAsksForAnotherIsAnswered(String memory) throws Exception {
    startWith("-XX:MaxRAM=" + memory);
    awaitServing("1.0.0");
    try (OtherUser other = OtherUser.asking(device(), home());
        RawClients hostile = new RawClients(device().home().resolve("inference.sock"))) {
      for (int i = 0; i < 40; i++) {
        hostile.begin("POST /v2/models/defect/infer", 99_999, "{");
        hostile.head("GET /v2 HTTP/1.1\r\nHo");
      }
      other.awaitMore();
      for (int i = 0; i < 16; i++) {
        hostile.half("POST /v2/models/defect/infer", 16 << 20);
      }
      other.awaitMore();
      assertRefused("a".repeat(64 << 20));
      assertRefused("{" + keys() + "\"inputs\":[]}");
      String texts = "\"\",".repeat(MANY - 1) + "\"\"";
      assertRefused(
          "{\"inputs\":[" + IMAGE.formatted(MANY) + "\"BYTES\",\"data\":[" + texts + "]}]}");
      other.awaitMore();
      other.assertAlwaysAnswered();
    }
    assertEquals(1, supervisor.starts());
    assertServes("1.0.0");
  }

  private static String keys() {
    StringBuilder keys = new StringBuilder();
    for (int i = 0; i < MANY; i++) {
      keys.append("\"k").append(i).append("\":0,");
    }
    return keys.toString();
  }

  private void assertRefused(String body) throws Exception {
    Answer answer = device().inference(MODEL, body.getBytes(StandardCharsets.US_ASCII));
    assertTrue(answer.status() / 100 == 4 || answer.status() == 503, "status " + answer.status());
  }

  // Attack: roll-back from outside; two requests with 1500 rows had rolled a good release back.
  @Test
  @Order(2)
  void hugeBatchesInProbationRollNothingBack() throws Exception {
    startWith("-XX:MaxRAM=1g");
    awaitServing("1.0.0");
    releaseWithOrdinaryGuards("1.1.0");
    byte[] batch = batch(1500).getBytes(StandardCharsets.US_ASCII);
    CompletableFuture<Outcome> ordered = begin("update", "model=" + MODEL, "version=1.1.0");
    int answered = 0;
    try (OtherUser other = OtherUser.asking(device(), home())) {
      while (!ordered.isDone()) {
        answered += device().inference(MODEL, batch).status() == 200 ? 1 : 0;
        assertRefused("{\"inputs\":[]}");
      }
      other.assertAlwaysAnswered();
    }
    assertEquals("committed", Lab.answer(ordered.get()).path("result").path("outcome").asText());
    assertTrue(answered >= 2, answered + " batches were answered");
    assertServes("1.1.0");
    assertEquals(1, supervisor.starts());
  }

  private void releaseWithOrdinaryGuards(String version) throws Exception {
    lab()
        .operator()
        .release(
            "model",
            Models.file(version).toString(),
            "--name",
            MODEL,
            "--version",
            version,
            "--golden",
            Models.golden(version).toString(),
            "--probation",
            "10");
  }

  private static String batch(int rows) {
    String row = "0.5,".repeat(32 * 32);
    String all = row.repeat(rows);
    return "{\"inputs\":["
        + IMAGE.formatted(rows)
        + "\"FP32\",\"data\":["
        + all.substring(0, all.length() - 1)
        + "]}]}";
  }

  // Where memory ends, nothing goes on by halves: the process says why it ends, and is started
  // again, and once there is memory it serves.
  @Test
  @Order(3)
  void whereMemoryEndsTheProcessEndsWithAReasonAndIsStartedAgain() throws Exception {
    startWith("-Xmx12m");
    await("the second start", () -> supervisor.starts() > 1);
    String log = Files.readString(home().resolve("daemon.log"));
    assertTrue(log.contains("OutOfMemoryError"), log);
    SmallJava.with("-XX:MaxRAM=512m", home().resolve("java"));
    await("a start with memory", () -> !device().serving(MODEL).isEmpty());
  }
}
