// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.fetch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;

class SmallFilesTest {
  private final byte[] file = new byte[1000];

  @Test
  void aFileAtTheLimitIsAcceptedAndOneByteMoreIsRefused() throws Exception {
    try (FaultyServer server = new FaultyServer(file)) {
      assertArrayEquals(file, from(server).get("root.json", 1000));
      FetchRefusal refusal =
          assertThrows(FetchRefusal.class, () -> from(server).get("root.json", 999));
      assertEquals("TOO_LONG", refusal.code());
    }
  }

  @Test
  void anAbsentFileIsAnAnswerToOneQuestionAndARefusalToTheOther() throws Exception {
    try (FaultyServer server =
        new FaultyServer(file, FaultyServer.status(404), FaultyServer.status(404))) {
      assertEquals(Optional.empty(), from(server).find("2.root.json", 1000));
      FetchRefusal refusal =
          assertThrows(FetchRefusal.class, () -> from(server).get("timestamp.json", 1000));
      assertEquals("NOT_FOUND", refusal.code());
    }
  }

  @Test
  void aServerErrorIsReportedAndNotRepeated() throws Exception {
    try (FaultyServer server = new FaultyServer(file, FaultyServer.status(500))) {
      assertThrows(IOException.class, () -> from(server).find("root.json", 1000));
      assertEquals(List.of("-"), server.requests());
    }
  }

  @Test
  void aConnectionThatBreaksIsNotAShorterFile() throws Exception {
    try (FaultyServer server = new FaultyServer(file, FaultyServer.disconnectAfter(400))) {
      assertThrows(IOException.class, () -> from(server).find("root.json", 1000));
    }
  }

  @Test
  void aServerThatDripsIsGivenUpAtItsFirstByteBehindTheLowestRate() throws Exception {
    // Slow retrieval: a byte now and then keeps every timeout from ending, and the device waiting.
    Drip drip = new Drip(Duration.ofSeconds(10));
    SmallFiles files = new SmallFiles(drip, drip, Pace.DEFAULT);
    FetchRefusal refusal = assertThrows(FetchRefusal.class, () -> files.get("timestamp.json", 99));
    assertEquals("SLOW", refusal.code());
    assertEquals(2, drip.sent());
  }

  @Test
  void whatComesAtTheLowestRateEndsAtTheDeadline() throws Exception {
    // Slow retrieval: just fast enough, and never done.
    Drip drip = new Drip(Duration.ofNanos(500_000));
    SmallFiles files = new SmallFiles(drip, drip, Pace.DEFAULT);
    FetchRefusal refusal =
        assertThrows(FetchRefusal.class, () -> files.get("timestamp.json", 1 << 30));
    assertEquals("SLOW", refusal.code());
    assertEquals(2 * Pace.DEFAULT.total().toMillis() + 1, drip.sent());
  }

  @Test
  void severalQuestionsTogetherAreOverWhenTheirTimeIs() throws Exception {
    // Slow retrieval: each file in good time, and ever more files.
    Drip clock = new Drip(Duration.ofSeconds(100));
    List<String> asked = new ArrayList<>();
    Transport thoughtful =
        (path, offset, count) -> {
          asked.add(path);
          clock.get(path, offset, count).body().read();
          return new Transport.Response(
              200, 0, OptionalLong.empty(), new ByteArrayInputStream(file));
        };
    SmallFiles files =
        new SmallFiles(thoughtful, clock, Pace.DEFAULT)
            .within(new Allowance(clock, Duration.ofSeconds(250)));
    files.get("a", 1000);
    files.get("b", 1000);
    // The third has 50 seconds left, and takes a hundred.
    assertEquals("SLOW", assertThrows(FetchRefusal.class, () -> files.get("c", 1000)).code());
    assertEquals("SLOW", assertThrows(FetchRefusal.class, () -> files.get("d", 1000)).code());
    assertEquals(List.of("a", "b", "c"), asked);
  }

  @Test
  void whoAsksIsToldOfEachAnswerAndEachByte() throws Exception {
    AtomicInteger told = new AtomicInteger();
    Drip drip = new Drip(Duration.ZERO);
    Transport server = new ToldTransport(drip, told::incrementAndGet);
    try (Transport.Response answer = server.get("a", 0, Transport.TO_THE_END)) {
      assertEquals(1, told.get());
      assertEquals('x', answer.body().read());
      assertEquals(1, answer.body().read(new byte[10]));
    }
    assertEquals(3, told.get());
    Transport away =
        new ToldTransport(
            (path, offset, count) -> {
              throw new IOException("away");
            },
            told::incrementAndGet);
    assertThrows(IOException.class, () -> away.get("a", 0, Transport.TO_THE_END));
    assertEquals(4, told.get());
  }

  @Test
  void aServerThatThinksBeforeItAnswersIsNotSlow() throws Exception {
    Drip clock = new Drip(Duration.ofSeconds(13));
    Transport thoughtful =
        (path, offset, count) -> {
          clock.get(path, offset, count).body().read();
          return new Transport.Response(
              200, 0, OptionalLong.empty(), new ByteArrayInputStream(file));
        };
    assertArrayEquals(file, new SmallFiles(thoughtful, clock, Pace.DEFAULT).get("a", 1000));
  }

  @Test
  void anotherServerHasTheFileThatOneDrips() throws Exception {
    Drip drip = new Drip(Duration.ofSeconds(10));
    try (FaultyServer server = new FaultyServer(file)) {
      List<Mirror> mirrors =
          List.of(new Mirror("drip", drip), new Mirror("good", transport(server)));
      assertArrayEquals(file, new SmallFiles(mirrors, drip, Pace.DEFAULT).get("a", 1000));
    }
  }

  @Test
  void codingsThatChangeNothingAreNone() throws Exception {
    for (String coding : List.of("", "identity", "None", "aws-chunked")) {
      try (FaultyServer server = new FaultyServer(file, FaultyServer.encoded(coding))) {
        assertArrayEquals(file, from(server).get("root.json", 1000), coding);
      }
    }
    for (String coding : List.of("gzip", "aws-chunked,gzip", "br")) {
      try (FaultyServer server = new FaultyServer(file, FaultyServer.encoded(coding))) {
        FetchRefusal refusal =
            assertThrows(FetchRefusal.class, () -> from(server).get("root.json", 1000), coding);
        assertEquals("ENCODED", refusal.code());
      }
    }
  }

  @Test
  void aPathThatIsNoAddressIsTheWorldFailingAndNotABug() throws Exception {
    try (FaultyServer server = new FaultyServer(file)) {
      assertThrows(IOException.class, () -> from(server).find("a b", 1000));
    }
  }

  /** A server and the clock beside it: each byte takes its time. */
  private static final class Drip implements Transport, LongSupplier {
    private final long nanos;
    private long now;
    private long sent;

    Drip(Duration perByte) {
      nanos = perByte.toNanos();
    }

    long sent() {
      return sent;
    }

    @Override
    public Response get(String path, long offset, long count) {
      InputStream body =
          new InputStream() {
            @Override
            public int read() {
              now += nanos;
              sent++;
              return 'x';
            }

            @Override
            public int read(byte[] target, int from, int length) {
              target[from] = (byte) read();
              return 1;
            }
          };
      return new Response(200, 0, OptionalLong.empty(), body);
    }

    @Override
    public long getAsLong() {
      return now;
    }
  }

  @Test
  void nobodyListeningIsTheWorldFailing() throws Exception {
    FaultyServer server = new FaultyServer(file);
    server.close();
    assertThrows(IOException.class, () -> from(server).find("root.json", 1000));
  }

  private static SmallFiles from(FaultyServer server) {
    return new SmallFiles(transport(server), () -> 0, Pace.DEFAULT);
  }

  private static Transport transport(FaultyServer server) {
    return HttpTransport.to(server.base(), null, Duration.ofSeconds(20));
  }
}
