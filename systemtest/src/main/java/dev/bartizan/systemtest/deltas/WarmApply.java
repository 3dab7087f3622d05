// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.deltas;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.TouchesTheWorld;
import dev.bartizan.crypto.envelope.BulkCrypto;
import dev.bartizan.delta.decode.DeltaDecoder;
import dev.bartizan.delta.encode.DeltaEncoder;
import dev.bartizan.delta.encode.EncodeProgress;
import dev.bartizan.delta.encode.FileContent;
import dev.bartizan.delta.format.KnownContent;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;

/**
 * How fast differences apply once the JVM is warm: bytes of output per second of one core.
 *
 * <p>The decoding thread's CPU time counts, not the clock, and of several stretches the best: what
 * the JVM compiles meanwhile, a second core or somebody else on the machine is not in it.
 */
@TouchesTheWorld("reads the corpus and the thread's CPU time")
final class WarmApply {
  private static final int WARM_UP = 4;

  private static final int STRETCHES = 5;
  private static final double STRETCH_SECONDS = 0.2;

  /** As on a device. */
  private final BulkCrypto crypto = BulkCrypto.fastest();

  private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();

  /** A pair's speed. */
  record Speed(String pair, double megabytesPerSecond) {}

  private record Prepared(
      Pair pair, KnownContent base, Bytes delta, long length, DeltaDecoder decoder) {}

  /** Measures every pair, after all of them, and then each, have been applied for a while. */
  List<Speed> measure(List<Pair> pairs) throws IOException, Refusal {
    List<Prepared> prepared = new ArrayList<>();
    for (Pair pair : pairs) {
      prepared.add(prepare(pair));
    }
    for (int round = 0; round < WARM_UP; round++) {
      for (Prepared one : prepared) {
        apply(one, one.delta().toArray());
      }
    }
    List<Speed> speeds = new ArrayList<>();
    for (Prepared one : prepared) {
      speeds.add(new Speed(one.pair().name(), bestSpeed(one)));
    }
    return speeds;
  }

  private Prepared prepare(Pair pair) throws IOException {
    try (FileContent base = FileContent.open(pair.old());
        FileContent result = FileContent.open(pair.next())) {
      ByteArrayOutputStream delta = new ByteArrayOutputStream();
      new DeltaEncoder().encode(base, result, delta, EncodeProgress.NONE);
      KnownContent inMemory = KnownContent.of(ByteBuffer.wrap(Files.readAllBytes(pair.old())));
      DeltaDecoder decoder = new DeltaDecoder(crypto::sha256, result.length());
      return new Prepared(pair, inMemory, Bytes.of(delta.toByteArray()), result.length(), decoder);
    }
  }

  private double bestSpeed(Prepared one) throws IOException, Refusal {
    byte[] delta = one.delta().toArray();
    double best = 0;
    for (int stretch = 0; stretch < STRETCHES; stretch++) {
      best = Math.max(best, speed(one, delta));
    }
    return best;
  }

  private double speed(Prepared one, byte[] delta) throws IOException, Refusal {
    long start = threads.getCurrentThreadCpuTime();
    double seconds = 0;
    long bytes = 0;
    while (seconds < STRETCH_SECONDS) {
      apply(one, delta);
      bytes += one.length();
      seconds = (threads.getCurrentThreadCpuTime() - start) / 1e9;
    }
    return bytes / 1e6 / seconds;
  }

  private static void apply(Prepared one, byte[] delta) throws IOException, Refusal {
    one.decoder().apply(one.base(), new ByteArrayInputStream(delta), piece -> {});
  }
}
