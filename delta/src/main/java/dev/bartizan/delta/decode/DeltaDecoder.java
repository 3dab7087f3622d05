// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.delta.decode;

import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Interrupted;
import dev.bartizan.delta.decode.DeltaReader.Verified;
import dev.bartizan.delta.format.DeltaHeader;
import dev.bartizan.delta.format.DeltaRefusal;
import dev.bartizan.delta.format.DeltaRefusal.Reason;
import dev.bartizan.delta.format.KnownContent;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;

/**
 * Applies a delta: base and delta in, the new file out, in one pass and in bounded memory.
 *
 * <p>Reading, verifying, hashing and writing happen on the caller's thread, in order. Decoding is
 * handed to an {@link Executor}; with one that has threads, as many sections as asked for are under
 * way at a time.
 */
public final class DeltaDecoder {
  private final Supplier<MessageDigest> sha256;
  private final long resultLengthMax;
  private final Executor workers;
  private final int sectionsAtOnce;
  private final Queue<Workspace> spare = new ConcurrentLinkedQueue<>();

  /** A decoder that does everything on the caller's thread. */
  public DeltaDecoder(Supplier<MessageDigest> sha256, long resultLengthMax) {
    this(sha256, resultLengthMax, Runnable::run, 1);
  }

  /**
   * @param sha256 makes SHA-256 instances, from whichever provider is fastest here
   * @param resultLengthMax the longest result to write, in bytes: the signed length where there is
   *     one
   * @param workers where sections are decoded
   * @param sectionsAtOnce how many are held at a time; each takes up to some 16 MiB
   */
  public DeltaDecoder(
      Supplier<MessageDigest> sha256, long resultLengthMax, Executor workers, int sectionsAtOnce) {
    this.sha256 = sha256;
    this.resultLengthMax = resultLengthMax;
    this.workers = workers;
    this.sectionsAtOnce = sectionsAtOnce;
  }

  /**
   * Writes the result to {@code out} and returns what the delta said it would be.
   *
   * @param delta read to its end, not closed
   * @throws DeltaRefusal at whatever point the delta turned out unacceptable; what {@code out}
   *     received is to be thrown away
   */
  public DeltaHeader apply(KnownContent base, InputStream delta, ResultSink out)
      throws IOException, DeltaRefusal {
    MessageDigest found = sha256.get();
    DeltaHeader header =
        rebuild(
            base,
            delta,
            0,
            piece -> {
              found.update(piece.duplicate());
              out.write(piece);
            });
    requireResult(header, Digest.ofValue(found.digest()));
    return header;
  }

  /**
   * Goes on with an application that was interrupted, from the section to which {@code position}
   * belongs. The result's digest is not looked at, since not all of it passes here: the caller has
   * the whole, and another way to check it.
   *
   * @param position how many bytes of the result are there already; {@code out} gets those from it
   *     on
   */
  public DeltaHeader resume(KnownContent base, InputStream delta, long position, ResultSink out)
      throws IOException, DeltaRefusal {
    return rebuild(base, delta, position, out);
  }

  private DeltaHeader rebuild(KnownContent base, InputStream delta, long from, ResultSink out)
      throws IOException, DeltaRefusal {
    DeltaReader reader = DeltaReader.open(delta);
    requireBase(reader.header(), base);
    requireLength(reader.header());
    Deque<FutureTask<SectionWork>> underWay = new ArrayDeque<>();
    Later later = new Later(from, out);
    for (Optional<Verified> next = reader.next(); next.isPresent(); next = reader.next()) {
      Verified verified = next.get();
      if (reader.position() <= from) {
        later.position = reader.position();
        continue;
      }
      if (underWay.size() == sectionsAtOnce) {
        finish(underWay.remove(), base, later);
      }
      Workspace free = Objects.requireNonNullElseGet(spare.poll(), Workspace::new);
      SectionWork work = SectionWork.load(verified.plan(), base, free);
      FutureTask<SectionWork> task = new FutureTask<>(work::decode);
      underWay.add(task);
      workers.execute(task);
    }
    while (!underWay.isEmpty()) {
      finish(underWay.remove(), base, later);
    }
    return reader.header();
  }

  private void finish(FutureTask<SectionWork> task, KnownContent base, ResultSink out)
      throws IOException, DeltaRefusal {
    try {
      spare.add(task.get().emit(base, out));
    } catch (InterruptedException interrupted) {
      throw Interrupted.toIo(interrupted, "interrupted while decoding");
    } catch (ExecutionException failed) {
      if (failed.getCause() instanceof DeltaRefusal refusal) {
        throw refusal;
      }
      throw new IllegalStateException("a section could not be decoded", failed.getCause());
    }
  }

  private static void requireBase(DeltaHeader header, KnownContent base) throws DeltaRefusal {
    if (!header.base().equals(base.digest()) || header.baseLength() != base.length()) {
      throw new DeltaRefusal(
          Reason.WRONG_BASE,
          "it is for a base of " + header.base() + ", at hand is " + base.digest());
    }
  }

  private void requireLength(DeltaHeader header) throws DeltaRefusal {
    if (header.resultLength() > resultLengthMax) {
      throw new DeltaRefusal(
          Reason.TOO_LONG,
          "its result has " + header.resultLength() + " bytes, allowed are " + resultLengthMax);
    }
  }

  private static void requireResult(DeltaHeader header, Digest found) throws DeltaRefusal {
    if (!header.result().equals(found)) {
      throw new DeltaRefusal(
          Reason.HASH_MISMATCH, "the result is " + found + ", promised was " + header.result());
    }
  }

  /** Lets through what comes from a position on. */
  private static final class Later implements ResultSink {
    private final long from;
    private final ResultSink out;
    private long position;

    Later(long from, ResultSink out) {
      this.from = from;
      this.out = out;
    }

    @Override
    public void write(ByteBuffer piece) throws IOException {
      int known = (int) Math.max(0, Math.min(piece.remaining(), from - position));
      position += piece.remaining();
      piece.position(piece.position() + known);
      if (piece.hasRemaining()) {
        out.write(piece);
      }
    }
  }
}
