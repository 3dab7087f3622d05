// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.fetch;

import static dev.bartizan.updater.fetch.FaultyServer.disconnectAfter;
import static dev.bartizan.updater.fetch.FaultyServer.status;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.updater.disk.FakeDisk;
import dev.bartizan.updater.disk.LinuxDisk;
import dev.bartizan.updater.fetch.FaultyServer.Fault;
import dev.bartizan.updater.store.ObjectStore;
import dev.bartizan.updater.store.StoreTransfer;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole deliveries: several servers, bad links, kills, and what it all may cost. */
class DeliveryTest {
  private static final int LENGTH = 3_000_000;

  private final byte[] file = randomBytes(LENGTH);
  private final MemoryFile received = new MemoryFile(Digest.of(file));
  private final List<Duration> pauses = new ArrayList<>();
  private final List<String> refused = new ArrayList<>();
  private final FetchProgress progress =
      new FetchProgress() {
        @Override
        public void refused(String server, Refusal reason) {
          refused.add(server + " " + reason.code());
        }
      };

  @Test
  void aPartIsFetchedFromWhereTheRestEndsAndNotAByteFurther() throws Exception {
    try (FaultyServer server = new FaultyServer(file)) {
      received.append(ByteBuffer.wrap(file, 0, 1000));
      Download download = download(Quota.FREE, mirror("a", server));
      assertTrue(download.advancePart("model", LENGTH, 5000, received, progress));
      assertEquals(5000, received.size());
      received.append(ByteBuffer.wrap(file, 5000, 2_000_000));
      assertTrue(download.advancePart("model", LENGTH, LENGTH, received, progress));
      assertArrayEquals(file, received.content());
      assertEquals("bytes=1000-4999", server.requests().get(0));
      assertEquals("bytes=2005000-", server.requests().get(1));
    }
  }

  @Test
  void aServerThatHasNoPartsToGiveIsRefusedBeforeItCostsTheWhole() throws Exception {
    try (FaultyServer server = new FaultyServer(file, FaultyServer.ignoreRange())) {
      received.append(ByteBuffer.wrap(file, 0, 1000));
      Download download = download(Quota.FREE, mirror("a", server));
      FetchRefusal refusal =
          assertThrows(
              FetchRefusal.class,
              () -> download.advancePart("model", LENGTH, 5000, received, progress));
      assertEquals("NOT_RESUMABLE", refusal.code());
      assertEquals(1000, received.size());
    }
  }

  @Test
  void aMirrorThatHasNotGotTheFileIsPassedOver() throws Exception {
    try (FaultyServer empty = new FaultyServer(file, status(404));
        FaultyServer good = new FaultyServer(file)) {
      download(Quota.FREE, mirror("a", empty), mirror("b", good))
          .fetch("model", LENGTH, received, progress);
      assertArrayEquals(file, received.content());
      assertEquals(List.of("a NOT_FOUND"), refused);
    }
  }

  // Arbitrary software from a malicious mirror: the bytes are thrown away, the next one is asked.
  @Test
  void aMirrorWithOtherBytesOfTheSameLengthDoesNotStopTheUpdate() throws Exception {
    try (FaultyServer bad = new FaultyServer(new byte[LENGTH]);
        FaultyServer good = new FaultyServer(file)) {
      download(Quota.FREE, mirror("bad", bad), mirror("good", good))
          .fetch("model", LENGTH, received, progress);
      assertArrayEquals(file, received.content());
      assertEquals(List.of("bad HASH_MISMATCH"), refused);
    }
  }

  @Test
  void whenAllMirrorsRefuseTheFirstReasonCounts() throws Exception {
    try (FaultyServer one = new FaultyServer(file, status(404));
        FaultyServer two = new FaultyServer(file, status(403))) {
      Download download = download(Quota.FREE, mirror("a", one), mirror("b", two));
      FetchRefusal refusal =
          assertThrows(
              FetchRefusal.class, () -> download.fetch("model", LENGTH, received, progress));
      assertEquals("NOT_FOUND", refusal.code());
    }
  }

  @Test
  void aMirrorThatBreaksOffIsFollowedByTheNextWhereItStopped() throws Exception {
    try (FaultyServer one = new FaultyServer(file, disconnectAfter(100_000));
        FaultyServer two = new FaultyServer(file)) {
      download(Quota.FREE, mirror("a", one), mirror("b", two))
          .fetch("model", LENGTH, received, progress);
      assertArrayEquals(file, received.content());
      assertEquals(List.of("bytes=100000-"), two.requests());
    }
  }

  // A compressed bomb: what unpacks to gigabytes is not even looked at.
  @Test
  void acompressedAnswerIsRefused() throws Exception {
    Fault compressed =
        (exchange, content, offset) -> {
          exchange.getResponseHeaders().set("Content-Encoding", "gzip");
          exchange.sendResponseHeaders(200, 10);
          exchange.getResponseBody().write(new byte[10]);
        };
    try (FaultyServer server = new FaultyServer(file, compressed)) {
      Download download = download(Quota.FREE, mirror("a", server));
      FetchRefusal refusal =
          assertThrows(
              FetchRefusal.class, () -> download.fetch("model", LENGTH, received, progress));
      assertEquals("ENCODED", refusal.code());
    }
  }

  @Test
  void twentyDisconnectsAndFiveKillsCostAtMostOnePercent(@TempDir Path directory) throws Exception {
    AtomicLong received = new AtomicLong();
    Fault[] faults = Collections.nCopies(20, disconnectAfter(100_000)).toArray(Fault[]::new);
    try (FaultyServer server = new FaultyServer(file, faults)) {
      Transport counting = counting(http(server), received);
      int kills = 0;
      for (long killAt = 500_000; killAt < LENGTH; killAt += 500_000) {
        assertFalse(carryOn(directory, counting, received, killAt));
        kills++;
      }
      assertEquals(5, kills);
      assertTrue(carryOn(directory, counting, received, Long.MAX_VALUE));
      assertTrue(received.get() <= LENGTH * 1.01, received + " bytes for " + LENGTH);
      assertTrue(server.requests().size() >= 21);
    }
  }

  /** A process of its own: it opens the disk, downloads, and is gone at {@code killAt}. */
  private boolean carryOn(Path directory, Transport transport, AtomicLong received, long killAt)
      throws Exception {
    FetchProgress kill =
        new FetchProgress() {
          @Override
          public void received(long have, long total) {
            if (received.get() >= killAt) {
              throw new Killed();
            }
          }
        };
    try (LinuxDisk disk = LinuxDisk.acquire(directory)) {
      ObjectStore store = new ObjectStore(disk, Digest::sha256);
      store.reserve(Digest.of(file), LENGTH);
      StoreTransfer transfer = new StoreTransfer(store.begin(Digest.of(file), LENGTH));
      download(Quota.FREE, new Mirror("", transport)).fetch("model", LENGTH, transfer, kill);
      return store.holds(Digest.of(file));
    } catch (Killed killed) {
      return false;
    }
  }

  /** As {@code kill -9}: nothing is caught, synced or closed on the way. */
  private static final class Killed extends Error {
    private static final long serialVersionUID = 1L;
  }

  @Test
  void theDailyBudgetStopsADownloadAndTheNextDayGoesOn() throws Exception {
    FakeDisk disk = new FakeDisk();
    DataBudget.Limits limits = new DataBudget.Limits(1_000_000, 0);
    try (FaultyServer server = new FaultyServer(file)) {
      for (int day = 0; day < 3; day++) {
        Quota today = budget(disk, limits, day);
        Download download = download(today, mirror("a", server));
        if (day < 2) {
          OverBudget spent =
              assertThrows(
                  OverBudget.class, () -> download.fetch("model", LENGTH, received, progress));
          assertEquals(OverBudget.Scope.DAY, spent.scope());
          assertEquals((day + 1) * 1_000_000L, received.size());
        } else {
          download.fetch("model", LENGTH, received, progress);
        }
      }
      assertArrayEquals(file, received.content());
    }
  }

  @Test
  void aBudgetIsNotForgottenByARestartNorByAClockThatWasPutBack() throws Exception {
    FakeDisk disk = new FakeDisk();
    DataBudget.Limits limits = new DataBudget.Limits(10_000_000, 0);
    DataBudget budget = budget(disk, limits, 100);
    budget.spend(3_000_000);
    budget.settle();
    assertEquals(7_000_000, budget(disk, limits, 100).leftToday());
    assertEquals(7_000_000, budget(disk, limits, 3).leftToday());
    assertEquals(10_000_000, budget(disk, limits, 101).leftToday());
  }

  @Test
  void aKillMakesTheCountTooHighRatherThanTooLow() throws Exception {
    FakeDisk disk = new FakeDisk();
    DataBudget.Limits limits = new DataBudget.Limits(10_000_000, 0);
    budget(disk, limits, 100).spend(1);
    long left = budget(disk, limits, 100).leftToday();
    assertTrue(left < 10_000_000 && left >= 10_000_000 - 1 - DataBudget.AHEAD, left + " left");
  }

  @Test
  void oneReleaseMayNotCostMoreThanItsBudget() throws Exception {
    DataBudget budget = budget(new FakeDisk(), new DataBudget.Limits(0, 500_000), 1);
    budget.spendFor("release");
    try (FaultyServer server = new FaultyServer(file)) {
      Download download = download(budget, mirror("a", server));
      OverBudget spent =
          assertThrows(OverBudget.class, () -> download.fetch("model", LENGTH, received, progress));
      assertEquals(OverBudget.Scope.ROLLOUT, spent.scope());
      assertEquals(500_000, received.size());
      budget.spendFor("another");
      assertEquals(500_000, budget.available());
    }
  }

  @Test
  void aDownloadInSlicesGivesControlBackAndWaitsOutItsPausesWithoutBlocking() throws Exception {
    try (FaultyServer server = new FaultyServer(file, status(503))) {
      Download download = download(Quota.FREE, mirror("a", server));
      assertThrows(IOException.class, () -> download.advance("model", LENGTH, received, progress));
      IOException early =
          assertThrows(
              IOException.class, () -> download.advance("model", LENGTH, received, progress));
      assertTrue(String.valueOf(early.getMessage()).contains("503"), "waits for what");
      assertEquals(1, server.requests().size());
      assertEquals(List.of(), pauses);
      now = now.plusSeconds(2);
      assertTrue(download.advance("model", LENGTH, received, progress));
      assertArrayEquals(file, received.content());
    }
  }

  @Test
  void aLimitOnTheRateIsKeptByReadingLate() throws Exception {
    InstantSource clock = () -> now;
    Pause passing = duration -> now = now.plus(duration);
    try (FaultyServer server = new FaultyServer(file)) {
      new Download(
              List.of(mirror("a", server)),
              FetchPolicy.DEFAULT.withRates(1024, 1_000_000),
              Quota.FREE,
              clock,
              new Random(1),
              passing)
          .fetch("model", LENGTH, received, progress);
      Duration taken = Duration.between(Instant.EPOCH, now);
      assertTrue(taken.toMillis() >= 2_800 && taken.toMillis() <= 3_500, "took " + taken);
    }
  }

  /** Time that passes only when told to. */
  private Instant now = Instant.EPOCH;

  private Download download(Quota meter, Mirror... mirrors) {
    return new Download(
        List.of(mirrors), FetchPolicy.DEFAULT, meter, () -> now, new Random(1), pauses::add);
  }

  private static Mirror mirror(String name, FaultyServer server) {
    return new Mirror(name, http(server));
  }

  private static Transport http(FaultyServer server) {
    return HttpTransport.to(server.base(), null, Duration.ofSeconds(20));
  }

  private static DataBudget budget(FakeDisk disk, DataBudget.Limits limits, int day)
      throws IOException {
    Instant noon = Instant.EPOCH.plus(Duration.ofDays(day)).plus(Duration.ofHours(12));
    return DataBudget.open(disk, limits, InstantSource.fixed(noon));
  }

  /** Counts what the process takes from the network. */
  private static Transport counting(Transport transport, AtomicLong received) {
    return (path, offset, count) -> {
      Transport.Response answer = transport.get(path, offset, count);
      InputStream counted =
          new FilterInputStream(answer.body()) {
            @Override
            public int read(byte[] target, int at, int length) throws IOException {
              int read = super.read(target, at, length);
              received.addAndGet(Math.max(0, read));
              return read;
            }
          };
      return new Transport.Response(answer.status(), answer.offset(), answer.total(), counted);
    };
  }

  private static byte[] randomBytes(int count) {
    byte[] bytes = new byte[count];
    new Random(count).nextBytes(bytes);
    return bytes;
  }
}
