// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.serve.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.agent.serve.ModelService;
import dev.bartizan.agent.serve.oip.InferenceRoute;
import dev.bartizan.updater.golden.Samples;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A program on the same machine, of the same user, that wants nobody else to be answered. */
@Timeout(60)
class HostileClientTest {
  private static final String ROW =
      """
      {"name":"x","shape":[1,4],"datatype":"FP32","data":[1,2,3,4]}""";

  @TempDir private Path directory;
  private final AtomicLong clock = new AtomicLong();
  private final ModelService models = new ModelService(() -> Set.of(), System::nanoTime);
  private final List<SocketChannel> hostile = new ArrayList<>();
  private MemoryBudget budget = MemoryBudget.ofHeap(128L << 20);

  @SuppressWarnings("NullAway.Init") // each test serves first
  private LocalServer server;

  @AfterEach
  void stop() throws IOException {
    for (SocketChannel channel : hostile) {
      channel.close();
    }
    server.close();
    models.close();
  }

  // Nine requests at a byte now and then take all threads, for as long as they like.
  @Test
  void slowBodiesHoldNoThreadAndEnd() throws Exception {
    serve(128L << 20, 64 << 20);
    for (int i = 0; i < 40; i++) {
      send(
          open(),
          "POST /v2/models/scale/infer HTTP/1.1\r\nHost: a\r\nContent-Length: 99999\r\n\r\n{");
    }
    assertAnswered();
    for (SocketChannel channel : hostile) {
      assertTrue(readAsTimePasses(channel, Duration.ofSeconds(6)).startsWith("HTTP/1.1 408 "));
    }
    awaitNothingHeld();
  }

  // A head at a byte now and then is never idle, and never a request.
  @Test
  void slowHeadsEnd() throws Exception {
    serve(128L << 20, 64 << 20);
    for (int i = 0; i < 40; i++) {
      send(open(), "GET /v2 HTTP/1.1\r\nHo");
    }
    assertAnswered();
    for (SocketChannel channel : hostile) {
      assertFalse(readAsTimePasses(channel, Duration.ofSeconds(31)).contains(" 200 "));
    }
  }

  // More connections than there may be; each asks for nothing.
  @Test
  void moreConnectionsThanOneUserHasCloseOthersOfTheSameUser() throws Exception {
    serve(128L << 20, 64 << 20);
    for (int i = 0; i < Clients.PER_USER + 20; i++) {
      open();
    }
    assertAnswered();
    // Which ones is not asked: they were taken in side by side.
    while (countClosed() < 20) {
      Thread.onSpinWait();
    }
    assertTrue(countClosed() <= 21, "and no more than that");
  }

  private int countClosed() throws IOException {
    int closed = 0;
    for (SocketChannel channel : hostile) {
      channel.configureBlocking(false);
      closed += channel.read(ByteBuffer.allocate(1)) < 0 ? 1 : 0;
    }
    return closed;
  }

  // Halves of large bodies fill the memory.
  @ParameterizedTest
  @ValueSource(longs = {128L << 20, 256L << 20})
  void halfBodiesGiveWay(long heap) throws Exception {
    serve(heap, 64 << 20);
    ByteBuffer half = ByteBuffer.allocate(8 << 20);
    for (int i = 0; i < 16; i++) {
      SocketChannel channel = open();
      send(
          channel,
          "POST /v2/models/scale/infer HTTP/1.1\r\nHost: a\r\nContent-Length: 16000000\r\n\r\n");
      try {
        while (half.hasRemaining()) {
          channel.write(half);
        }
      } catch (IOException refused) {
        // it was told to come back
      }
      half.clear();
      assertAnswered();
      assertTrue(budget.held() <= budget.total());
    }
  }

  // Few bytes that become many objects.
  @ParameterizedTest
  @ValueSource(longs = {128L << 20, 256L << 20})
  void whatBytesBecomeIsBounded(long heap) throws Exception {
    serve(heap, 64 << 20);
    StringBuilder keys = new StringBuilder("{");
    for (int i = 0; i < 1_000_000; i++) {
      keys.append("\"k").append(i).append("\":0,");
    }
    Answer manyKeys = infer("scale", keys.append("\"inputs\":[]}").toString());
    assertEquals(400, manyKeys.status());
    String said = StandardCharsets.UTF_8.decode(manyKeys.body()).toString();
    assertFalse(said.contains("names") || said.contains("k1"), "the parser's words: " + said);
    int many = 1_000_000;
    String strings = "\"\",".repeat(many - 1) + "\"\"";
    Answer manyStrings = infer("texts", texts(many, strings));
    assertEquals(413, manyStrings.status());
    assertEquals(400, infer("texts", texts(1, "\"" + "a".repeat(4 << 20) + "\"")).status());
    assertEquals(413, infer("scale", " ".repeat((int) budget.perRequest() + 1)).status());
    String numbers = "1,".repeat(6_000_000) + "1";
    String wrong = "{\"name\":\"x\",\"shape\":[6000001],\"datatype\":\"FP32\",\"data\":[" + numbers;
    assertEquals(400, infer("scale", "{\"inputs\":[" + wrong + "]}]}").status(), "shape first");
    assertAnswered();
    awaitNothingHeld();
  }

  // A small request whose answer is not.
  @Test
  void anAnswerBeyondTheMemoryIsRefused() throws Exception {
    serve(128L << 20, 64 << 20);
    Answer answer =
        infer(
            "many",
            """
            {"inputs":[{"name":"one","shape":[1],"datatype":"FP32","data":[1]},
            {"name":"shape","shape":[1],"datatype":"INT64","data":[8000000]}]}""");
    assertEquals(413, answer.status());
    assertAnswered();
    awaitNothingHeld();
  }

  // Large answers that nobody fetches.
  @Test
  void unfetchedAnswersHoldNoThreadAndEnd() throws Exception {
    serve(128L << 20, 64 << 20);
    String request =
        """
        {"inputs":[{"name":"one","shape":[1],"datatype":"FP32","data":[1]},
        {"name":"shape","shape":[1],"datatype":"INT64","data":[200000]}]}""";
    for (int i = 0; i < 20; i++) {
      send(
          open(),
          "POST /v2/models/many/infer HTTP/1.1\r\nHost: a\r\nContent-Length: "
              + request.length()
              + "\r\n\r\n"
              + request);
    }
    assertAnswered();
    do {
      clock.addAndGet(Duration.ofSeconds(121).toNanos());
      server.sweep();
      Thread.onSpinWait();
    } while (budget.held() > 0);
    assertAnswered();
  }

  @ParameterizedTest
  @ValueSource(longs = {1024, Integer.MAX_VALUE - 1, Integer.MAX_VALUE, 1L << 31, Long.MAX_VALUE})
  void everyLimitThereCanBeEndsOrServesARequest(long limit) throws Exception {
    serve(128L << 20, limit);
    assertAnswered();
    SocketChannel channel = open();
    send(
        channel,
        "POST /v2/models/scale/infer HTTP/1.1\r\nHost: a\r\nContent-Length: 9223372036854775807\r\n\r\n");
    assertTrue(read(channel).startsWith("HTTP/1.1 413 "));
    channel = open();
    send(
        channel,
        "POST /v2/models/scale/infer HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n7fffffff\r\n{");
    assertAnswered();
  }

  /** A client may have its answer a moment before the server is done with it. */
  private void awaitNothingHeld() {
    while (budget.held() > 0) {
      Thread.onSpinWait();
    }
  }

  private void serve(long heap, long limit) throws Exception {
    budget = MemoryBudget.ofHeap(heap);
    models.activate("scale", "1", Samples.scale(1));
    models.activate("texts", "1", Samples.untried("texts"));
    models.activate("many", "1", Samples.untried("many"));
    server =
        new LocalServer(
            ServerOptions.on(socket())
                .withMemory(budget)
                .withClock(clock::get)
                .withDrain(Duration.ofMillis(100)),
            List.of(new InferenceRoute(models, "0.1.0", limit)));
    server.start();
  }

  private void assertAnswered() throws IOException {
    Answer answer = infer("scale", "{\"inputs\":[" + ROW + "]}");
    assertEquals(
        200, answer.status(), () -> StandardCharsets.UTF_8.decode(answer.body()).toString());
  }

  private Answer infer(String model, String body) throws IOException {
    return new LocalClient(socket())
        .post("/v2/models/" + model + "/infer", body.getBytes(StandardCharsets.UTF_8));
  }

  private static String texts(int count, String data) {
    return "{\"inputs\":[{\"name\":\"words\",\"shape\":["
        + count
        + "],\"datatype\":\"BYTES\",\"data\":["
        + data
        + "]}]}";
  }

  private Path socket() {
    return directory.resolve("serve.sock");
  }

  private SocketChannel open() throws IOException {
    SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket()));
    hostile.add(channel);
    return channel;
  }

  private static void send(SocketChannel channel, String text) throws IOException {
    channel.write(StandardCharsets.US_ASCII.encode(text));
  }

  /** Until the server closes; the clock goes on, as a request may not have been seen yet. */
  private String readAsTimePasses(SocketChannel channel, Duration step) throws IOException {
    channel.configureBlocking(false);
    ByteBuffer answer = ByteBuffer.allocate(4096);
    try {
      while (channel.read(answer) >= 0) {
        clock.addAndGet(step.toNanos());
        server.sweep();
        Thread.onSpinWait();
      }
    } catch (IOException reset) {
      // closed, as well
    }
    return StandardCharsets.US_ASCII.decode(answer.flip()).toString();
  }

  /** Until the server closes. */
  private static String read(SocketChannel channel) {
    ByteBuffer answer = ByteBuffer.allocate(4096);
    try {
      while (answer.hasRemaining() && channel.read(answer) >= 0) {
        // more
      }
    } catch (IOException reset) {
      // closed, as well
    }
    return StandardCharsets.US_ASCII.decode(answer.flip()).toString();
  }
}
