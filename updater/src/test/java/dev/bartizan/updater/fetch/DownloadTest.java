// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.fetch;

import static dev.bartizan.updater.fetch.FaultyServer.disconnectAfter;
import static dev.bartizan.updater.fetch.FaultyServer.endless;
import static dev.bartizan.updater.fetch.FaultyServer.ignoreRange;
import static dev.bartizan.updater.fetch.FaultyServer.shiftedBy;
import static dev.bartizan.updater.fetch.FaultyServer.status;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.crypto.Digest;
import dev.bartizan.updater.fetch.FaultyServer.Fault;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class DownloadTest {
  private static final int LENGTH = 3_000_000;
  private static final FetchPolicy POLICY = FetchPolicy.DEFAULT;

  private final byte[] file = randomBytes(LENGTH);
  private final MemoryFile received = new MemoryFile(Digest.of(file));
  private final List<Duration> pauses = new ArrayList<>();

  @Test
  void aFileArrivesWholeInOneRequest() throws Exception {
    try (FaultyServer server = new FaultyServer(file)) {
      fetch(server, POLICY);
      assertArrayEquals(file, received.content());
      assertTrue(received.isFinished());
      assertEquals(List.of("-"), server.requests());
    }
  }

  @Test
  void twentyDisconnectsCostNoByteTwice() throws Exception {
    Fault[] faults = Collections.nCopies(20, disconnectAfter(100_000)).toArray(Fault[]::new);
    try (FaultyServer server = new FaultyServer(file, faults)) {
      fetch(server, POLICY);
      assertArrayEquals(file, received.content());
      assertEquals(21, server.requests().size());
      assertEquals("bytes=100000-", server.requests().get(1));
      assertEquals("bytes=2000000-", server.requests().get(20));
    }
  }

  @Test
  void aDownloadThatWasKilledGoesOnWhereItWas() throws Exception {
    received.append(ByteBuffer.wrap(file, 0, 1_234_567));
    try (FaultyServer server = new FaultyServer(file)) {
      fetch(server, POLICY);
      assertArrayEquals(file, received.content());
      assertEquals(List.of("bytes=1234567-"), server.requests());
    }
  }

  @Test
  void aRangeIsARangeHoweverItsUnitIsWritten() throws Exception {
    received.append(ByteBuffer.wrap(file, 0, 1000));
    String range = "Bytes 1000-" + (LENGTH - 1) + "/" + LENGTH;
    try (FaultyServer server = new FaultyServer(file, FaultyServer.part(range))) {
      fetch(server, POLICY);
      assertArrayEquals(file, received.content());
    }
  }

  @Test
  void aPartOfWhichNobodySaysWhichItIsIsRefusedAndNotAskedForAgain() throws Exception {
    // Denial of service: an answer that is never of use keeps a device asking for ever.
    received.append(ByteBuffer.wrap(file, 0, 1000));
    try (FaultyServer server = new FaultyServer(file, FaultyServer.part("somewhere"))) {
      refused(server, POLICY, "WRONG_RANGE");
      assertEquals(1, server.requests().size());
    }
  }

  @Test
  void aFullDiskIsNoReasonToAskTheServerAgain() throws Exception {
    received.limitTo(1_000_000);
    try (FaultyServer server = new FaultyServer(file)) {
      IOException full = assertThrows(IOException.class, () -> fetch(server, POLICY));
      assertEquals("objects/1: No space left on device", full.getMessage());
      assertEquals(List.of("-"), server.requests());
      received.limitTo(Integer.MAX_VALUE);
      fetch(server, POLICY);
      assertArrayEquals(file, received.content());
    }
  }

  @Test
  void aCompleteFileIsFinishedWithoutAskingAnybody() throws Exception {
    received.append(ByteBuffer.wrap(file));
    try (FaultyServer server = new FaultyServer(file)) {
      fetch(server, POLICY);
      assertTrue(received.isFinished());
      assertEquals(List.of(), server.requests());
    }
  }

  // Endless data: the attacker wants to fill the disk.
  @Test
  void moreThanTheSignedLengthIsRefusedAndNeverStored() throws Exception {
    try (FaultyServer server = new FaultyServer(file, endless())) {
      refused(server, POLICY, "TOO_LONG");
      assertTrue(received.size() <= LENGTH);
      assertFalse(received.isFinished());
    }
  }

  @Test
  void aServerWhoseFileIsOneByteLongerIsRefusedBeforeTheFirstByte() throws Exception {
    try (FaultyServer server = new FaultyServer(randomBytes(LENGTH + 1))) {
      refused(server, POLICY, "TOO_LONG");
      assertEquals(0, received.size());
    }
  }

  @Test
  void aServerWhoseFileIsOneByteShorterIsRefusedBeforeTheFirstByte() throws Exception {
    try (FaultyServer server = new FaultyServer(randomBytes(LENGTH - 1))) {
      refused(server, POLICY, "TOO_SHORT");
      assertEquals(0, received.size());
    }
  }

  // Arbitrary software: right length, other bytes.
  @Test
  void otherBytesOfTheSameLengthAreRefusedAndThrownAway() throws Exception {
    try (FaultyServer server = new FaultyServer(new byte[LENGTH])) {
      assertThrows(MemoryFile.WrongDigest.class, () -> fetch(server, POLICY));
      assertEquals(0, received.size());
      assertFalse(received.isFinished());
    }
  }

  @Test
  void notFoundIsFinalAfterOneRequest() throws Exception {
    try (FaultyServer server = new FaultyServer(file, status(404))) {
      refused(server, POLICY, "NOT_FOUND");
      assertEquals(1, server.requests().size());
      assertEquals(List.of(), pauses);
    }
  }

  @Test
  void anObjectThatTheStoreDoesNotShowIsForbiddenAndFinal() throws Exception {
    try (FaultyServer server = new FaultyServer(file, status(403))) {
      refused(server, POLICY, "FORBIDDEN");
      assertEquals(1, server.requests().size());
      assertEquals(List.of(), pauses);
    }
  }

  @Test
  void everyClientErrorIsFinal() throws Exception {
    for (int status : new int[] {400, 401, 416, 429, 451}) {
      try (FaultyServer server = new FaultyServer(file, status(status))) {
        refused(server, POLICY, "REJECTED");
        assertEquals(1, server.requests().size());
      }
    }
  }

  @Test
  void aRedirectIsNotFollowed() throws Exception {
    Fault elsewhere =
        (exchange, content, offset) -> {
          exchange.getResponseHeaders().set("Location", "http://127.0.0.2/elsewhere");
          exchange.sendResponseHeaders(302, -1);
        };
    try (FaultyServer server = new FaultyServer(file, elsewhere)) {
      refused(server, POLICY, "REDIRECTED");
    }
  }

  @Test
  void serverErrorsAreTriedAgainWithGrowingJitteredPauses() throws Exception {
    Fault[] faults = Collections.nCopies(6, status(503)).toArray(Fault[]::new);
    try (FaultyServer server = new FaultyServer(file, faults)) {
      fetch(server, POLICY);
      assertEquals(6, pauses.size());
      for (int i = 0; i < 6; i++) {
        long full = 1000L << i;
        long millis = pauses.get(i).toMillis();
        assertTrue(millis >= full / 2 && millis <= full, "pause " + i + " is " + millis);
      }
    }
  }

  @Test
  void aServerThatKeepsFailingIsGivenUpAndNothingIsLost() throws Exception {
    Fault[] faults = Collections.nCopies(9, status(500)).toArray(Fault[]::new);
    faults[0] = disconnectAfter(200_000);
    try (FaultyServer server = new FaultyServer(file, faults)) {
      IOException end = assertThrows(IOException.class, () -> fetch(server, POLICY));
      assertEquals("model: the server answers 500", end.getMessage());
      // Attempts that bring nothing are counted; the bytes of the first are durable.
      assertEquals(POLICY.attempts(), server.requests().size());
      assertEquals(200_000, received.durable());
    }
  }

  // Slow retrieval in disguise: close after every byte, so that no rate can be measured.
  @Test
  void aServerThatClosesAfterEachByteIsGivenUp() throws Exception {
    Fault[] faults = Collections.nCopies(100, disconnectAfter(1)).toArray(Fault[]::new);
    try (FaultyServer server = new FaultyServer(file, faults)) {
      assertThrows(IOException.class, () -> fetch(server, POLICY));
      assertEquals(POLICY.attempts(), server.requests().size());
    }
  }

  @Test
  void anotherRangeThanTheOneAskedForIsRefused() throws Exception {
    try (FaultyServer server = new FaultyServer(file, disconnectAfter(100_000), shiftedBy(7))) {
      refused(server, POLICY, "WRONG_RANGE");
      assertEquals(100_000, received.size());
    }
  }

  @Test
  void aServerThatCannotResumeDoesNotSilentlyCostEverythingAgain() throws Exception {
    try (FaultyServer server = new FaultyServer(file, disconnectAfter(100_000), ignoreRange())) {
      refused(server, POLICY, "NOT_RESUMABLE");
      assertEquals(100_000, received.durable());
    }
  }

  @Test
  void startingAgainIsDoneWhereThePolicyPaysForIt() throws Exception {
    FetchPolicy generous =
        new FetchPolicy(
            3,
            Duration.ofMillis(1),
            Duration.ofMillis(2),
            0,
            Duration.ofMinutes(1),
            0,
            Duration.ofSeconds(10),
            true);
    try (FaultyServer server = new FaultyServer(file, disconnectAfter(100_000), ignoreRange())) {
      fetch(server, generous);
      assertArrayEquals(file, received.content());
    }
  }

  // Slow retrieval: keep the device busy, and unpatched, for ever.
  @Test
  void aDrippingServerIsRefusedAfterOneWindowAndTheBytesAreKept() {
    SteppingClock clock = new SteppingClock();
    InputStream drip =
        new ByteArrayInputStream(file) {
          @Override
          public synchronized int read(byte[] target, int offset, int length) {
            clock.advance(Duration.ofSeconds(1));
            return super.read(target, offset, Math.min(length, 1000));
          }
        };
    Transport dripping =
        (path, offset, count) -> new Transport.Response(200, 0, OptionalLong.of(LENGTH), drip);
    FetchRefusal refusal =
        assertThrows(
            FetchRefusal.class,
            () ->
                new Download(dripping, POLICY, clock, new Random(1), pauses::add)
                    .fetch("model", LENGTH, received, FetchProgress.NONE));
    assertEquals("SLOW", refusal.code());
    assertEquals(60_000, received.durable());
  }

  @Test
  void aServerThatSaysNothingMoreBreaksTheAttemptNotTheDaemon() throws Exception {
    CountDownLatch done = new CountDownLatch(1);
    Fault stall =
        (exchange, content, offset) -> {
          exchange.sendResponseHeaders(200, content.length);
          exchange.getResponseBody().write(content, 0, 50_000);
          exchange.getResponseBody().flush();
          try {
            done.await();
          } catch (InterruptedException stop) {
            throw new IOException(stop);
          }
        };
    try (FaultyServer server = new FaultyServer(file, stall)) {
      Transport impatient = HttpTransport.to(server.base(), null, Duration.ofSeconds(2));
      new Download(impatient, POLICY, InstantSource.system(), new Random(1), pauses::add)
          .fetch("model", LENGTH, received, FetchProgress.NONE);
      assertArrayEquals(file, received.content());
      assertEquals(List.of("-", "bytes=50000-"), server.requests());
    } finally {
      done.countDown();
    }
  }

  @Test
  void progressIsHeardUpToTheLastByte() throws Exception {
    List<Long> heard = new ArrayList<>();
    FetchProgress progress =
        new FetchProgress() {
          @Override
          public void received(long have, long total) {
            heard.add(have);
          }
        };
    try (FaultyServer server = new FaultyServer(file)) {
      download(server, POLICY).fetch("model", LENGTH, received, progress);
      assertEquals(LENGTH, heard.get(heard.size() - 1));
    }
  }

  private void refused(FaultyServer server, FetchPolicy policy, String code) {
    FetchRefusal refusal = assertThrows(FetchRefusal.class, () -> fetch(server, policy));
    assertEquals(code, refusal.code());
    assertEquals("model", refusal.path());
    assertFalse(received.isFinished());
  }

  private void fetch(FaultyServer server, FetchPolicy policy) throws Exception {
    download(server, policy).fetch("model", LENGTH, received, FetchProgress.NONE);
  }

  private Download download(FaultyServer server, FetchPolicy policy) {
    Transport transport = HttpTransport.to(server.base(), null, Duration.ofSeconds(20));
    return new Download(transport, policy, InstantSource.system(), new Random(1), pauses::add);
  }

  private static byte[] randomBytes(int count) {
    byte[] bytes = new byte[count];
    new Random(count).nextBytes(bytes);
    return bytes;
  }

  /** Time that passes only when told to. */
  private static final class SteppingClock implements InstantSource {
    private Instant now = Instant.EPOCH;

    void advance(Duration duration) {
      now = now.plus(duration);
    }

    @Override
    public Instant instant() {
      return now;
    }
  }
}
