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
  private final Quota quota;
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
      Quota quota,
      InstantSource clock,
      RandomGenerator random,
      Pause pause) {
    if (mirrors.isEmpty()) {
      throw new IllegalArgumentException("nobody to ask");
    }
    this.mirrors = List.copyOf(mirrors);
    this.policy = policy;
    this.quota = quota;
    this.clock = clock;
    this.random = random;
    this.pause = pause;
  }

  /**
   * Fetches what {@code file} lacks of the {@code length} signed bytes, then finishes it.
   *
   * @throws FetchRefusal when no server's file can be the signed one; what arrived before stays in
   *     {@code file}
   * @throws Refusal when the complete file has the wrong digest; {@code file} is empty then
   * @throws OverBudget when it may not cost more now
   * @throws IOException when the last attempt failed too, or at once when {@code file} cannot take
   *     what came; a later call goes on where this one ended
   */
  public void fetch(String path, long length, ResumableFile file, FetchProgress progress)
      throws IOException, Refusal, InterruptedException {
    DownloadTask task = task(path, length);
    while (!finishWhenComplete(task, file, progress)) {
      try {
        attempt(task, Transport.TO_THE_END, file, progress);
      } catch (OverBudget spent) {
        throw spent;
      } catch (NoRoom trouble) {
        // Asking the server again would only cost its bytes a second time.
        throw trouble.cause;
      } catch (IOException interruption) {
        if (!task.backoff().mayTryAgain()) {
          throw interruption;
        }
        Duration wait = task.backoff().pause();
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
  public boolean advance(String path, long length, ResumableFile file, FetchProgress progress)
      throws IOException, Refusal, InterruptedException {
    DownloadTask task = begun.computeIfAbsent(path, it -> task(it, length));
    return advance(task, it -> finishWhenComplete(it, file, progress), file, progress);
  }

  /**
   * The same with a part of a file, of which {@code file} has what comes before by other means.
   * Nothing is finished: what came is not verified.
   *
   * @param length of the whole file
   * @param end where the part ends
   * @return whether the part is there
   * @throws FetchRefusal also NOT_RESUMABLE from servers that have no parts to give
   */
  public boolean advancePart(
      String path, long length, long end, ResumableFile file, FetchProgress progress)
      throws IOException, Refusal, InterruptedException {
    DownloadTask task = begun.computeIfAbsent(path, it -> task(it, length)).upTo(end);
    return advance(task, it -> file.size() >= it.end(), file, progress);
  }

  private boolean advance(DownloadTask task, Goal goal, ResumableFile file, FetchProgress progress)
      throws IOException, Refusal, InterruptedException {
    String path = task.path();
    task.requireTurn(clock.instant(), policy.longestPause());
    Instant end = clock.instant().plus(policy.slice());
    // What comes just above the lowest rate would keep the caller for as long as a file is long.
    task.hold(end.plus(policy.slice()));
    try {
      while (!goal.isReached(task)) {
        Instant start = clock.instant();
        if (start.isAfter(end)) {
          return false;
        }
        attempt(task, task.window(), file, progress);
        task.took(Duration.between(start, clock.instant()));
      }
      begun.remove(path);
      return true;
    } catch (OverBudget spent) {
      throw spent;
    } catch (NoRoom trouble) {
      throw trouble.cause;
    } catch (IOException interruption) {
      task.backoff().mayTryAgain();
      postpone(task, interruption, task.backoff().pause(), progress);
      throw interruption;
    } catch (FetchRefusal refusal) {
      begun.remove(path);
      if (refusal.reason() != Reason.SLOW) {
        throw refusal;
      }
      IOException slow = new IOException("SLOW: " + refusal.getMessage(), refusal);
      DownloadTask later = task(path, task.length());
      begun.put(path, later);
      postpone(later, slow, policy.longestPause(), progress);
      throw slow;
    }
  }

  /** When a task is done. */
  @FunctionalInterface
  private interface Goal {
    boolean isReached(DownloadTask task) throws IOException, Refusal;
  }

  private void postpone(
      DownloadTask task, IOException interruption, Duration wait, FetchProgress progress) {
    task.waitUntil(clock.instant().plus(wait), String.valueOf(interruption.getMessage()));
    progress.interrupted(interruption, wait);
  }

  private DownloadTask task(String path, long length) {
    return new DownloadTask(
        path, length, new MirrorFailover<>(mirrors), new Backoff(policy, random), newMinimumRate());
  }

  private MinimumRate newMinimumRate() {
    return new MinimumRate(clock, policy.slowest(), policy.window());
  }

  /**
   * Finishes a complete file; one that is not the signed one says something about its server.
   *
   * @return whether it is finished now
   */
  private static boolean finishWhenComplete(
      DownloadTask task, ResumableFile file, FetchProgress progress) throws IOException, Refusal {
    if (file.size() < task.length()) {
      return false;
    }
    try {
      file.finish();
      return true;
    } catch (Refusal wrong) {
      disqualify(task, wrong, progress);
      return false;
    }
  }

  private static void disqualify(DownloadTask task, Refusal reason, FetchProgress progress)
      throws IOException, Refusal {
    String server = task.mirrors().current().name();
    task.mirrors().refused(reason);
    progress.refused(server, reason);
  }

  /** One request, to one server. */
  private void attempt(DownloadTask task, long window, ResumableFile file, FetchProgress progress)
      throws IOException, Refusal, InterruptedException {
    long before = file.size();
    try {
      request(task, window, file, progress);
      task.backoff().forget();
    } catch (OverBudget spent) {
      file.checkpoint();
      throw spent;
    } catch (NoRoom trouble) {
      throw trouble;
    } catch (IOException interruption) {
      file.checkpoint();
      if (file.size() - before >= REAL_PROGRESS) {
        task.backoff().forget();
      }
      task.mirrors().interrupted();
      task.measureAnew(newMinimumRate());
      throw interruption;
    } catch (FetchRefusal refusal) {
      file.checkpoint();
      task.measureAnew(newMinimumRate());
      disqualify(task, refusal, progress);
    }
  }

  private void request(DownloadTask task, long window, ResumableFile file, FetchProgress progress)
      throws IOException, FetchRefusal, InterruptedException {
    String path = task.path();
    long rest = task.end() - file.size();
    long wanted = Math.min(Math.min(window, quota.available()), rest);
    boolean isAll = file.size() + wanted == task.length();
    long count = isAll ? Transport.TO_THE_END : wanted;
    Transport server = task.mirrors().current().transport();
    try (Response response = server.get(path, file.size(), count)) {
      Answers.requireContent(path, response);
      requireSignedLength(path, task.length(), response);
      alignWith(task, response, file);
      boolean isPart = Answers.isPart(response);
      long end = isPart && !isAll ? file.size() + wanted : task.length();
      receive(task, end, response.body(), isPart, file, progress);
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
  private void alignWith(DownloadTask task, Response response, ResumableFile file)
      throws IOException, FetchRefusal {
    String path = task.path();
    if (response.offset() == file.size()) {
      return;
    }
    if (response.offset() != 0) {
      throw new FetchRefusal(
          Reason.WRONG_RANGE,
          path,
          "asked for bytes from " + file.size() + ", got them from " + response.offset());
    }
    if (!policy.restartAllowed() || task.isPart()) {
      throw new FetchRefusal(
          Reason.NOT_RESUMABLE,
          path,
          "the server starts again at 0, " + file.size() + " bytes are there");
    }
    file.restart();
  }

  /**
   * @param resumes whether the server gives parts: only then may the rest be asked for later
   */
  private void receive(
      DownloadTask task,
      long end,
      InputStream body,
      boolean resumes,
      ResumableFile file,
      FetchProgress progress)
      throws IOException, FetchRefusal, InterruptedException {
    RateLimiter limiter = new RateLimiter(clock, pause, policy.fastest());
    byte[] chunk = new byte[CHUNK];
    for (int count = body.read(chunk); count >= 0; count = body.read(chunk)) {
      if (count > end - file.size()) {
        throw new FetchRefusal(
            Reason.TOO_LONG, task.path(), "more than the " + end + " bytes there should be");
      }
      append(ByteBuffer.wrap(chunk, 0, count), file);
      quota.spend(count);
      progress.received(file.size(), task.length());
      limiter.count(count);
      if (file.size() < task.length()) {
        task.rate().count(task.path(), count);
      }
      if (resumes && file.size() < end && task.isOver(clock.instant())) {
        file.checkpoint();
        return;
      }
    }
    if (file.size() < end) {
      throw new IOException(
          task.path() + ": ended at byte " + file.size() + " of " + task.length());
    }
  }

  private static void append(ByteBuffer content, ResumableFile file) throws NoRoom {
    long before = file.size();
    try {
      file.append(content);
      if (file.size() / CHECKPOINT_EVERY > before / CHECKPOINT_EVERY) {
        file.checkpoint();
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
