// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.delta.encode;

import dev.bartizan.crypto.Interrupted;
import dev.bartizan.delta.format.DeltaHeader;
import dev.bartizan.delta.format.KnownContent;
import dev.bartizan.delta.format.Section;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Writes the delta from one file to another, on all cores. */
public final class DeltaEncoder {
  /**
   * Writes the delta that turns {@code base} into {@code result}.
   *
   * @param base read from several threads at a time
   * @param result likewise
   * @return the header written
   */
  public DeltaHeader encode(
      KnownContent base, KnownContent result, OutputStream out, EncodeProgress progress)
      throws IOException {
    return encode(base, Layout.of(base), result, Layout.of(result), out, progress);
  }

  /** The same where it is known from elsewhere what tensors the files hold. */
  public DeltaHeader encode(
      KnownContent base,
      Layout baseLayout,
      KnownContent result,
      Layout resultLayout,
      OutputStream out,
      EncodeProgress progress)
      throws IOException {
    DeltaHeader header =
        new DeltaHeader(base.length(), base.digest(), result.length(), result.digest());
    List<Draft> drafts = Draft.cut(new Planner(base, baseLayout, result, resultLayout).plan());
    SectionEncoder encoder = new SectionEncoder(base, baseLayout, result);
    out.write(header.encode().toArray());
    int cores = Runtime.getRuntime().availableProcessors();
    ExecutorService workers = Executors.newFixedThreadPool(cores);
    try {
      Deque<Future<byte[]>> underWay = new ArrayDeque<>();
      int next = 0;
      for (Draft draft : drafts) {
        while (next < drafts.size() && underWay.size() < 2 * cores) {
          Draft ahead = drafts.get(next++);
          underWay.add(workers.submit(() -> encoder.encode(ahead)));
        }
        write(header, draft, get(underWay.remove()), out);
        progress.encoded(draft.position() + draft.length(), result.length());
      }
    } finally {
      workers.shutdownNow();
    }
    return header;
  }

  private static byte[] get(Future<byte[]> payload) throws IOException {
    try {
      return payload.get();
    } catch (InterruptedException interrupted) {
      throw Interrupted.toIo(interrupted, "interrupted while encoding");
    } catch (ExecutionException failed) {
      if (failed.getCause() instanceof IOException io) {
        throw io;
      }
      throw new IllegalStateException("a section could not be encoded", failed.getCause());
    }
  }

  private static void write(DeltaHeader header, Draft draft, byte[] payload, OutputStream out)
      throws IOException {
    Section section = new Section(draft.position(), draft.length(), payload.length);
    out.write(section.encode(header, payload).toArray());
    out.write(payload);
  }
}
