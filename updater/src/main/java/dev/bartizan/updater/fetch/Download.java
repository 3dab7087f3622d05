// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.fetch;

import dev.bartizan.crypto.Refusal;
import dev.bartizan.updater.fetch.FetchRefusal.Reason;
import dev.bartizan.updater.fetch.Transport.Response;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * Downloads files of signed length into a {@link ResumableFile}, through whatever interruptions,
 * from whichever mirror has them.
 */
public final class Download {
  private static final int CHUNK = 64 * 1024;

  /** Often enough that a power cut costs less than a second of a fast link. */
  private static final long CHECKPOINT_EVERY = 1 << 20;

  /**
   * Fewer new bytes than this do not make an attempt a success, or a server could keep a device
   * asking for ever by closing after each byte.
   */
  private static final long REAL_PROGRESS = CHUNK;

  private final List<Mirror> mirrors;
  private final FetchPolicy policy;
  private final Quota meter;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final Pause pause;

  /** Files that {@link #advance} has begun, by path. */
  private final Map<String, DownloadTask> begun = new HashMap<>();

  /** From one server, at any cost. */
  public Download(
      Transport transport,
      FetchPolicy policy,
      InstantSource clock,
      RandomGenerator random,
      Pause pause) {
    this(List.of(new Mirror("", transport)), policy, Quota.FREE, clock, random, pause);
  }

  /**
   * @param mirrors asked in this order; at least one
   */
  public Download(
      List<Mirror> mirrors,
      FetchPolicy policy,
      Quota meter,
      InstantSource clock,
      RandomGenerator random,
      Pause pause) {
    if (mirrors.isEmpty()) {
      throw new IllegalArgumentException("nobody to ask");
    }
    this.mirrors = List.copyOf(mirrors);
    this.policy = policy;
    this.meter = meter;
    this.clock = clock;
    this.random = random;
    this.pause = pause;
  }

  /**
   * Fetches what {@code partial} lacks of the {@code length} signed bytes, then finishes it.
   *
   * @throws FetchRefusal when no server's file can be the signed one; what arrived before stays in
   *     {@code partial}
   * @throws Refusal when the complete file has the wrong digest; {@code partial} is empty then
   * @throws OverBudget when it may not cost more now
   * @throws IOException when the last attempt failed too, or at once when {@code partial} cannot
   *     take what came; a later call goes on where this one ended
   */
  public void fetch(String path, long length, ResumableFile partial, FetchProgress progress)
      throws IOException, Refusal, InterruptedException {
    DownloadTask errand = errand(path, length);
    while (!finishWhenComplete(errand, partial, progress)) {
      try {
        attempt(errand, Transport.TO_THE_END, partial, progress);
      } catch (OverBudget spent) {
        throw spent;
      } catch (NoRoom trouble) {
        // Asking the server again would only cost its bytes a second time.
        throw trouble.cause;
      } catch (IOException interruption) {
        if (!errand.backoff().mayTryAgain()) {
          throw interruption;
        }
        Duration wait = errand.backoff().pause();
        progress.interrupted(interruption, wait);
        pause.await(wait);
      }
    }
  }

  /**
   * Carries a download on for about {@link FetchPolicy#slice}; never waits between attempts.
   *
   * @return whether the file is there and finished; else call again
   * @throws Refusal as {@link #fetch}, except that a slow server only makes the pause longer
   * @throws IOException when an attempt failed, or the pause after it is not over: call again in a
   *     while, as often as it takes
   */
  public boolean advance(String path, long length, ResumableFile partial, FetchProgress progress)
      throws IOException, Refusal, InterruptedException {
    DownloadTask errand = begun.computeIfAbsent(path, it -> errand(it, length));
    return advance(errand, it -> finishWhenComplete(it, partial, progress), partial, progress);
  }

  /**
   * The same with a part of a file, of which {@code partial} has what comes before by other means.
   * Nothing is finished: what came is not verified.
   *
   * @param length of the whole file
   * @param end where the part ends
   * @return whether the part is there
   * @throws FetchRefusal also NOT_RESUMABLE from servers that have no parts to give
   */
  public boolean advancePart(
      String path, long length, long end, ResumableFile partial, FetchProgress progress)
      throws IOException, Refusal, InterruptedException {
    DownloadTask errand = begun.computeIfAbsent(path, it -> errand(it, length)).upTo(end);
    return advance(errand, it -> partial.size() >= it.end(), partial, progress);
  }

  private boolean advance(
      DownloadTask errand, Goal goal, ResumableFile partial, FetchProgress progress)
      throws IOException, Refusal, InterruptedException {
    String path = errand.path();
    errand.requireTurn(clock.instant(), policy.longestPause());
    Instant end = clock.instant().plus(policy.slice());
    // What comes just above the lowest rate would keep the caller for as long as a file is long.
    errand.hold(end.plus(policy.slice()));
    try {
      while (!goal.isReached(errand)) {
        Instant start = clock.instant();
        if (start.isAfter(end)) {
          return false;
        }
        attempt(errand, errand.window(), partial, progress);
        errand.took(Duration.between(start, clock.instant()));
      }
      begun.remove(path);
      return true;
    } catch (OverBudget spent) {
      throw spent;
    } catch (NoRoom trouble) {
      throw trouble.cause;
    } catch (IOException interruption) {
      errand.backoff().mayTryAgain();
      postpone(errand, interruption, errand.backoff().pause(), progress);
      throw interruption;
    } catch (FetchRefusal refusal) {
      begun.remove(path);
      if (refusal.reason() != Reason.SLOW) {
        throw refusal;
      }
      IOException slow = new IOException("SLOW: " + refusal.getMessage(), refusal);
      DownloadTask later = errand(path, errand.length());
      begun.put(path, later);
      postpone(later, slow, policy.longestPause(), progress);
      throw slow;
    }
  }

  /** When an errand is done. */
  @FunctionalInterface
  private interface Goal {
    boolean isReached(DownloadTask errand) throws IOException, Refusal;
  }

  private void postpone(
      DownloadTask errand, IOException interruption, Duration wait, FetchProgress progress) {
    errand.waitUntil(clock.instant().plus(wait), String.valueOf(interruption.getMessage()));
    progress.interrupted(interruption, wait);
  }

  private DownloadTask errand(String path, long length) {
    return new DownloadTask(
        path, length, new MirrorFailover<>(mirrors), new Backoff(policy, random), newRateFloor());
  }

  private MinimumRate newRateFloor() {
    return new MinimumRate(clock, policy.slowest(), policy.window());
  }

  /**
   * Finishes a complete file; one that is not the signed one says something about its server.
   *
   * @return whether it is finished now
   */
  private static boolean finishWhenComplete(
      DownloadTask errand, ResumableFile partial, FetchProgress progress)
      throws IOException, Refusal {
    if (partial.size() < errand.length()) {
      return false;
    }
    try {
      partial.finish();
      return true;
    } catch (Refusal wrong) {
      disqualify(errand, wrong, progress);
      return false;
    }
  }

  private static void disqualify(DownloadTask errand, Refusal reason, FetchProgress progress)
      throws IOException, Refusal {
    String server = errand.mirrors().current().name();
    errand.mirrors().refused(reason);
    progress.refused(server, reason);
  }

  /** One request, to one server. */
  private void attempt(
      DownloadTask errand, long window, ResumableFile partial, FetchProgress progress)
      throws IOException, Refusal, InterruptedException {
    long before = partial.size();
    try {
      request(errand, window, partial, progress);
      errand.backoff().forget();
    } catch (OverBudget spent) {
      partial.checkpoint();
      throw spent;
    } catch (NoRoom trouble) {
      throw trouble;
    } catch (IOException interruption) {
      partial.checkpoint();
      if (partial.size() - before >= REAL_PROGRESS) {
        errand.backoff().forget();
      }
      errand.mirrors().interrupted();
      errand.measureAnew(newRateFloor());
      throw interruption;
    } catch (FetchRefusal refusal) {
      partial.checkpoint();
      errand.measureAnew(newRateFloor());
      disqualify(errand, refusal, progress);
    }
  }

  private void request(
      DownloadTask errand, long window, ResumableFile partial, FetchProgress progress)
      throws IOException, FetchRefusal, InterruptedException {
    String path = errand.path();
    long rest = errand.end() - partial.size();
    long wanted = Math.min(Math.min(window, meter.available()), rest);
    boolean isAll = partial.size() + wanted == errand.length();
    long count = isAll ? Transport.TO_THE_END : wanted;
    Transport server = errand.mirrors().current().transport();
    try (Response response = server.get(path, partial.size(), count)) {
      Answers.requireContent(path, response);
      requireSignedLength(path, errand.length(), response);
      alignWith(errand, response, partial);
      boolean isPart = Answers.isPart(response);
      long end = isPart && !isAll ? partial.size() + wanted : errand.length();
      receive(errand, end, response.body(), isPart, partial, progress);
    }
  }

  /** A server whose file has another length is refused before it costs a byte. */
  private static void requireSignedLength(String path, long length, Response response)
      throws FetchRefusal {
    long total = response.total().orElse(length);
    if (total != length) {
      Reason reason = total > length ? Reason.TOO_LONG : Reason.TOO_SHORT;
      throw new FetchRefusal(
          reason, path, "the server has " + total + " bytes, signed are " + length);
    }
  }

  /** Makes the partial file end where the answer starts. */
  private void alignWith(DownloadTask errand, Response response, ResumableFile partial)
      throws IOException, FetchRefusal {
    String path = errand.path();
    if (response.offset() == partial.size()) {
      return;
    }
    if (response.offset() != 0) {
      throw new FetchRefusal(
          Reason.WRONG_RANGE,
          path,
          "asked for bytes from " + partial.size() + ", got them from " + response.offset());
    }
    if (!policy.restartAllowed() || errand.isPart()) {
      throw new FetchRefusal(
          Reason.NOT_RESUMABLE,
          path,
          "the server starts again at 0, " + partial.size() + " bytes are there");
    }
    partial.restart();
  }

  /**
   * @param resumes whether the server gives parts: only then may the rest be asked for later
   */
  private void receive(
      DownloadTask errand,
      long end,
      InputStream body,
      boolean resumes,
      ResumableFile partial,
      FetchProgress progress)
      throws IOException, FetchRefusal, InterruptedException {
    RateLimiter pacer = new RateLimiter(clock, pause, policy.fastest());
    byte[] chunk = new byte[CHUNK];
    for (int count = body.read(chunk); count >= 0; count = body.read(chunk)) {
      if (count > end - partial.size()) {
        throw new FetchRefusal(
            Reason.TOO_LONG, errand.path(), "more than the " + end + " bytes there should be");
      }
      append(ByteBuffer.wrap(chunk, 0, count), partial);
      meter.spend(count);
      progress.received(partial.size(), errand.length());
      pacer.count(count);
      if (partial.size() < errand.length()) {
        errand.rate().count(errand.path(), count);
      }
      if (resumes && partial.size() < end && errand.isOver(clock.instant())) {
        partial.checkpoint();
        return;
      }
    }
    if (partial.size() < end) {
      throw new IOException(
          errand.path() + ": ended at byte " + partial.size() + " of " + errand.length());
    }
  }

  private static void append(ByteBuffer content, ResumableFile partial) throws NoRoom {
    long before = partial.size();
    try {
      partial.append(content);
      if (partial.size() / CHECKPOINT_EVERY > before / CHECKPOINT_EVERY) {
        partial.checkpoint();
      }
    } catch (IOException failed) {
      throw new NoRoom(failed);
    }
  }

  /** The trouble is with the disk, not with the network. */
  private static final class NoRoom extends IOException {
    private static final long serialVersionUID = 1L;
    private final IOException cause;

    NoRoom(IOException cause) {
      super(cause);
      this.cause = cause;
    }
  }
}
