package dev.bartizan.proving.deltas;

import com.sun.management.OperatingSystemMXBean;
import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.TouchesTheWorld;
import dev.bartizan.crypto.envelope.BulkCrypto;
import dev.bartizan.fleet.delta.DeltaEncoder;
import dev.bartizan.fleet.delta.EncodeProgress;
import dev.bartizan.fleet.delta.FileContent;
import dev.bartizan.updater.delta.DeltaDecoder;
import dev.bartizan.updater.delta.KnownContent;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;

/**
 * How fast differences apply once the JVM is warm: bytes of output per second of one core.
 *
 * <p>The process's CPU time counts, not the clock, so that neither a second core nor somebody else
 * on the machine shows in it.
 */
@TouchesTheWorld("reads the corpus and the process's CPU time")
final class WarmApply {
  private static final int WARM_UP = 4;

  /** The process's CPU time is told in hundredths of a second: less than this says little. */
  private static final double SECONDS_AT_LEAST = 0.5;

  /** As on a device. */
  private final BulkCrypto crypto = BulkCrypto.fastest();

  private final OperatingSystemMXBean system =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  /** A pair's speed. */
  record Speed(String pair, double megabytesPerSecond) {}

  private record Prepared(
      Pair pair, KnownContent base, Bytes delta, long length, DeltaDecoder decoder) {}

  /** Measures every pair, after all of them have been applied some times. */
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
      speeds.add(new Speed(one.pair().name(), speed(one)));
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

  private double speed(Prepared one) throws IOException, Refusal {
    byte[] delta = one.delta().toArray();
    long start = system.getProcessCpuTime();
    double seconds = 0;
    long bytes = 0;
    while (seconds < SECONDS_AT_LEAST) {
      apply(one, delta);
      bytes += one.length();
      seconds = (system.getProcessCpuTime() - start) / 1e9;
    }
    return bytes / 1e6 / seconds;
  }

  private static void apply(Prepared one, byte[] delta) throws IOException, Refusal {
    one.decoder().apply(one.base(), new ByteArrayInputStream(delta), piece -> {});
  }
}
