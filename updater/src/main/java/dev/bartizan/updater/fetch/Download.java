package dev.bartizan.updater.fetch;

import dev.bartizan.crypto.Refusal;
import dev.bartizan.updater.fetch.FetchRefusal.Reason;
import dev.bartizan.updater.fetch.Transport.Response;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.random.RandomGenerator;

/** Downloads one file of signed length into a {@link Partial}, through whatever interruptions. */
public final class Download {
  private static final int CHUNK = 64 * 1024;

  /** Often enough that a power cut costs less than a second of a fast link. */
  private static final long CHECKPOINT_EVERY = 1 << 20;

  /**
   * Fewer new bytes than this do not make an attempt a success, or a server could keep a device
   * asking for ever by closing after each byte.
   */
  private static final long REAL_PROGRESS = CHUNK;

  private final Transport transport;
  private final FetchPolicy policy;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final Pause pause;

  public Download(
      Transport transport,
      FetchPolicy policy,
      InstantSource clock,
      RandomGenerator random,
      Pause pause) {
    this.transport = transport;
    this.policy = policy;
    this.clock = clock;
    this.random = random;
    this.pause = pause;
  }

  /**
   * Fetches what {@code partial} lacks of the {@code length} signed bytes, then seals it.
   *
   * @throws FetchRefusal when the server's file cannot be the signed one; what arrived before stays
   *     in {@code partial}
   * @throws Refusal when the complete file has the wrong digest; {@code partial} is empty then
   * @throws IOException when the last attempt failed too, or at once when {@code partial} cannot
   *     take what came; a later call goes on where this one ended
   */
  public void fetch(String path, long length, Partial partial, FetchProgress progress)
      throws IOException, Refusal, InterruptedException {
    Backoff backoff = new Backoff(policy, random);
    while (partial.size() < length) {
      long before = partial.size();
      try {
        fetchRest(path, length, partial, progress);
      } catch (NoRoom trouble) {
        // Asking the server again would only cost its bytes a second time.
        throw trouble.cause;
      } catch (IOException interruption) {
        partial.checkpoint();
        if (partial.size() - before >= REAL_PROGRESS) {
          backoff.forget();
        }
        waitOrGiveUp(interruption, backoff, progress);
      } catch (FetchRefusal refusal) {
        partial.checkpoint();
        throw refusal;
      }
    }
    partial.seal();
  }

  private void waitOrGiveUp(IOException interruption, Backoff backoff, FetchProgress progress)
      throws IOException, InterruptedException {
    if (!backoff.mayTryAgain()) {
      throw interruption;
    }
    Duration wait = backoff.pause();
    progress.interrupted(interruption, wait);
    pause.await(wait);
  }

  private void fetchRest(String path, long length, Partial partial, FetchProgress progress)
      throws IOException, FetchRefusal, InterruptedException {
    try (Response response = transport.get(path, partial.size())) {
      Answers.requireContent(path, response);
      requireSignedLength(path, length, response);
      alignWith(path, response, partial);
      receive(path, length, response.body(), partial, progress);
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
  private void alignWith(String path, Response response, Partial partial)
      throws IOException, FetchRefusal {
    if (response.offset() == partial.size()) {
      return;
    }
    if (response.offset() != 0) {
      throw new FetchRefusal(
          Reason.WRONG_RANGE,
          path,
          "asked for bytes from " + partial.size() + ", got them from " + response.offset());
    }
    if (!policy.restartAllowed()) {
      throw new FetchRefusal(
          Reason.NOT_RESUMABLE,
          path,
          "the server starts again at 0, " + partial.size() + " bytes are there");
    }
    partial.restart();
  }

  private void receive(
      String path, long length, InputStream body, Partial partial, FetchProgress progress)
      throws IOException, FetchRefusal {
    RateFloor rate = new RateFloor(clock, policy.slowest(), policy.window());
    byte[] chunk = new byte[CHUNK];
    for (int count = body.read(chunk); count >= 0; count = body.read(chunk)) {
      if (count > length - partial.size()) {
        throw new FetchRefusal(Reason.TOO_LONG, path, "more than the signed " + length + " bytes");
      }
      append(ByteBuffer.wrap(chunk, 0, count), partial);
      progress.received(partial.size(), length);
      if (partial.size() < length) {
        rate.count(path, count);
      }
    }
    if (partial.size() < length) {
      throw new IOException(path + ": ended at byte " + partial.size() + " of " + length);
    }
  }

  private static void append(ByteBuffer content, Partial partial) throws NoRoom {
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
