// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.serve.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.crypto.Refusal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class LocalServerTest {
  @TempDir private Path directory;
  private Path socket;
  private LocalClient client;

  private final List<LocalServer> running = new ArrayList<>();

  @BeforeEach
  void name() {
    socket = directory.resolve("serve.sock");
    client = new LocalClient(socket);
  }

  @AfterEach
  void stop() {
    running.forEach(LocalServer::close);
  }

  @Nested
  class TheSocketFile {
    @Test
    void isForOwnerAndGroupAndGoneAfterStop() throws Exception {
      LocalServer server = start();
      assertEquals(
          PosixFilePermissions.fromString("rw-rw----"), Files.getPosixFilePermissions(socket));
      server.close();
      assertFalse(Files.exists(socket));
    }

    @Test
    void ofALivingProcessIsLeftAlone() throws Exception {
      start();
      LocalServer second = server(ServerOptions.on(socket));
      IOException inUse = assertThrows(IOException.class, second::start);
      assertTrue(String.valueOf(inUse.getMessage()).contains(socket + " is already in use"));
      assertEquals(200, client.get("/echo").status(), "the first one still answers");
    }

    @Test
    void ofADeadProcessIsTakenOver() throws Exception {
      try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
        dead.bind(UnixDomainSocketAddress.of(socket));
      }
      assertTrue(Files.exists(socket), "closing a socket leaves its name");
      start();
      assertEquals(200, client.get("/echo").status());
    }

    @Test
    void isNeverPutInPlaceOfAnotherFile() throws Exception {
      Files.writeString(socket, "precious");
      assertThrows(IOException.class, () -> server(ServerOptions.on(socket)).start());
      assertEquals("precious", Files.readString(socket));
    }

    @Test
    void inAMissingDirectoryIsAProblemOfTheWorld() {
      Path nowhere = directory.resolve("missing/serve.sock");
      assertThrows(IOException.class, () -> server(ServerOptions.on(nowhere)).start());
    }

    @Test
    void withoutAListenerTellsTheClientThatTheDaemonIsNotRunning() {
      IOException nobody = assertThrows(IOException.class, () -> client.get("/echo"));
      assertTrue(String.valueOf(nobody.getMessage()).startsWith("the daemon is not running"));
    }
  }

  @Nested
  class Answers {
    @Test
    void whatARouteThrowsDecidesTheStatus() throws Exception {
      start();
      assertAnswer(404, "{\"error\":\"there is nothing here\",\"code\":\"NOT_FOUND\"}", "/other");
      assertAnswer(400, "{\"error\":\"say \\\"please\\\"\",\"code\":\"RUDE\"}", "/fail/refusal");
      assertAnswer(503, "{\"error\":\"disk full\",\"code\":\"UNAVAILABLE\"}", "/fail/world");
      assertAnswer(500, "{\"error\":\"internal error\",\"code\":\"BUG\"}", "/fail/bug");
      assertAnswer(
          405, "{\"error\":\"only POST works here\",\"code\":\"WRONG_METHOD\"}", "/echo/post");
    }

    @Test
    void aBodyBeyondItsLimitIsRefusedAndOneAtTheLimitIsNot() throws Exception {
      start();
      assertEquals(200, client.post("/echo/post", new byte[16]).status());
      assertEquals(413, client.post("/echo/post", new byte[17]).status());
    }

    @Test
    void headIsAnsweredAsGetIsWithoutItsBody() throws Exception {
      LocalServer server = start();
      String answer =
          raw("HEAD /echo HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", server);
      assertTrue(answer.startsWith("HTTP/1.1 200 "), answer);
      assertTrue(answer.contains("Content-Length: 0"), answer);
      assertTrue(answer.endsWith("\r\n\r\n"), answer);
    }

    @Test
    void aMethodThatDoesNotWorkIsToldWhichDo() throws Exception {
      start();
      assertEquals("POST", client.get("/echo/post").headers().get("allow"));
    }

    @Test
    void aPackedBodyIsUnpackedWithinTheLimitOrRefused() throws Exception {
      start();
      assertEquals("hello", packed("gzip", gzip("hello".getBytes(StandardCharsets.US_ASCII))));
      assertEquals("413", packed("gzip", gzip(new byte[1 << 20])), "a bomb");
      assertEquals("400", packed("gzip", "hello".getBytes(StandardCharsets.US_ASCII)));
      assertEquals("415", packed("br", new byte[3]));
      assertEquals("hello", packed("identity", "hello".getBytes(StandardCharsets.US_ASCII)));
    }

    private String packed(String coding, byte[] body) throws IOException {
      Answer answer = client.send("POST", "/echo/post", Map.of("Content-Encoding", coding), body);
      return answer.status() == 200
          ? StandardCharsets.UTF_8.decode(answer.body()).toString()
          : String.valueOf(answer.status());
    }

    private byte[] gzip(byte[] plain) throws IOException {
      ByteArrayOutputStream packed = new ByteArrayOutputStream();
      try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
        gzip.write(plain);
      }
      return packed.toByteArray();
    }

    @Test
    void whatIsNoHttpGetsAJsonErrorToo() throws Exception {
      LocalServer server = start();
      String answer = raw("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", server);
      assertTrue(answer.startsWith("HTTP/1.1 400 "), answer);
      assertTrue(answer.contains("{\"error\":\"Bad Request\",\"code\":\"HTTP_400\"}"), answer);
    }

    @Test
    void aPathThatClimbsReachesNothing() throws Exception {
      start();
      for (String path : List.of("/x/../../etc/passwd", "/%2e%2e/echo", "/echo%2fpost")) {
        assertTrue(client.get(path).status() >= 400, path);
      }
    }
  }

  @Nested
  class LoopbackTcp {
    @Test
    void answersOnlyAsLocalhost() throws Exception {
      LocalServer server = start();
      assertTrue(tcp("localhost", "/echo", server).startsWith("HTTP/1.1 200 "));
      assertTrue(tcp("127.0.0.1", "/echo", server).startsWith("HTTP/1.1 200 "));
      String rebound = tcp("evil.example", "/echo", server);
      assertTrue(rebound.startsWith("HTTP/1.1 403 "), rebound);
    }

    @Test
    void doesNotReachARouteThatIsForTheSocketOnly() throws Exception {
      LocalServer server = start();
      assertTrue(tcp("localhost", "/fail/bug", server).startsWith("HTTP/1.1 404 "));
    }

    @Test
    void onAPortInUseIsAProblemOfTheWorldAndLeavesNoSocketBehind() throws Exception {
      LocalServer first = start();
      Path other = directory.resolve("other.sock");
      ServerOptions taken =
          ServerOptions.on(other).withLoopbackPort(first.loopbackPort().getAsInt());
      assertThrows(IOException.class, () -> server(taken).start());
      assertFalse(Files.exists(other));
    }
  }

  @Test
  @Timeout(30)
  void stoppingLetsARequestUnderWayFinish() throws Exception {
    CountDownLatch arrived = new CountDownLatch(1);
    CountDownLatch proceed = new CountDownLatch(1);
    Route slow =
        new Fixed("slow", false) {
          @Override
          public Answer answer(Call call) throws IOException {
            arrived.countDown();
            await(proceed);
            return Answer.json(200, "{}");
          }
        };
    LocalServer server = new LocalServer(ServerOptions.on(socket), List.of(slow, new Echo()));
    running.add(server);
    server.start();
    CompletableFuture<Integer> answer =
        CompletableFuture.supplyAsync(() -> quietly(() -> client.get("/slow").status()));
    await(arrived);
    CompletableFuture<Void> stopped = CompletableFuture.runAsync(server::close);
    while (takesRequests()) {
      Thread.onSpinWait(); // until stopping has begun
    }
    proceed.countDown();
    assertEquals(200, answer.get(10, TimeUnit.SECONDS));
    stopped.get(10, TimeUnit.SECONDS);
  }

  private boolean takesRequests() {
    try {
      return client.get("/echo").status() == 200;
    } catch (IOException closed) {
      return false;
    }
  }

  /** Stopped after the test. */
  private LocalServer start() throws IOException {
    LocalServer server =
        server(ServerOptions.on(socket).withLoopbackPort(0).withDrain(Duration.ofSeconds(1)));
    running.add(server);
    server.start();
    return server;
  }

  private static LocalServer server(ServerOptions options) {
    return new LocalServer(options, List.of(new Echo(), new Failing()));
  }

  private void assertAnswer(int status, String body, String path) throws IOException {
    Answer answer = client.get(path);
    assertEquals(body, StandardCharsets.UTF_8.decode(answer.body()).toString());
    assertEquals(status, answer.status());
  }

  private static String tcp(String host, String path, LocalServer server) throws IOException {
    return raw(
        "GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n", server);
  }

  private static String raw(String request, LocalServer server) throws IOException {
    int port = server.loopbackPort().getAsInt();
    try (Socket connection = new Socket(InetAddress.getLoopbackAddress(), port)) {
      connection.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      return new String(connection.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static void await(CountDownLatch latch) throws IOException {
    try {
      assertTrue(latch.await(10, TimeUnit.SECONDS));
    } catch (InterruptedException interrupted) {
      throw new IOException(interrupted);
    }
  }

  private static <T> T quietly(Callable<T> work) {
    try {
      return work.call();
    } catch (Exception failed) {
      throw new AssertionError(failed);
    }
  }

  private abstract static class Fixed implements Route {
    private final String prefix;
    private final boolean tcp;

    Fixed(String prefix, boolean tcp) {
      this.prefix = prefix;
      this.tcp = tcp;
    }

    @Override
    public String prefix() {
      return prefix;
    }

    @Override
    public boolean reachableByTcp() {
      return tcp;
    }
  }

  private static final class Echo extends Fixed {
    Echo() {
      super("echo", true);
    }

    @Override
    public Answer answer(Call call) throws IOException, Refusal {
      if (call.path().equals(List.of("echo", "post"))) {
        call.allow("POST");
      }
      return new Answer(200, "text/plain", Map.of(), ByteBuffer.wrap(call.body(16)));
    }
  }

  private static final class Failing extends Fixed {
    Failing() {
      super("fail", false);
    }

    @Override
    public Answer answer(Call call) throws IOException, Refusal {
      switch (call.path().get(1)) {
        case "refusal" -> throw new Rude();
        case "world" -> throw new IOException("disk full");
        default -> throw new IllegalStateException("secret input 42");
      }
    }
  }

  private static final class Rude extends Refusal {
    private static final long serialVersionUID = 1L;

    Rude() {
      super("say \"please\"");
    }

    @Override
    public String code() {
      return "RUDE";
    }
  }
}
