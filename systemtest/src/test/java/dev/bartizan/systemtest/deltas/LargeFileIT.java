// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.deltas;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.crypto.Digest;
import dev.bartizan.delta.decode.DeltaDecoder;
import dev.bartizan.delta.encode.DeltaEncoder;
import dev.bartizan.delta.encode.FileContent;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files beyond what 32 bits can say; sparse ones, so that they take no room. */
class LargeFileIT {
  private static final long LENGTH = (4L << 30) + (1 << 20);
  private static final int END = 1 << 20;

  @TempDir private Path folder;

  @Test
  void aFileBeyondFourGigabytesIsRebuiltWithSixtyFourMegabytesOfHeap() throws Exception {
    Random random = new Random(1);
    byte[] end = new byte[END];
    random.nextBytes(end);
    Path older = sparse("older", end);
    for (int change = 0; change < 1000; change++) {
      end[random.nextInt(END)]++;
    }
    Path newer = sparse("newer", end);
    Path delta = folder.resolve("delta");
    try (FileContent base = FileContent.open(older);
        FileContent result = FileContent.open(newer);
        OutputStream out = Files.newOutputStream(delta)) {
      new DeltaEncoder().encode(base, result, out, (bytes, total) -> {});
    }
    assertTrue(Files.size(delta) < 4000, Files.size(delta) + " bytes");
    assertEquals(0, applyElsewhere(older, delta));
  }

  /** Zeros, and at the end something. */
  private Path sparse(String name, byte[] end) throws Exception {
    Path file = folder.resolve(name);
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.SPARSE,
            StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(end), LENGTH - end.length);
    }
    return file;
  }

  private static int applyElsewhere(Path base, Path delta) throws Exception {
    return new ProcessBuilder(
            List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-Xmx64m",
                "-cp",
                System.getProperty("java.class.path"),
                Little.class.getName(),
                base.toString(),
                delta.toString()))
        .inheritIO()
        .start()
        .waitFor();
  }

  /** Applies a delta, whose result the decoder checks, and keeps nothing of it. */
  static final class Little {
    private Little() {}

    public static void main(String[] files) throws Exception {
      try (FileContent base = FileContent.open(Path.of(files[0]));
          InputStream delta = Files.newInputStream(Path.of(files[1]))) {
        new DeltaDecoder(Digest::sha256, LENGTH, Runnable::run, 2)
            .apply(base, delta, bytes -> bytes.position(bytes.limit()));
      }
    }
  }
}
