// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.eventlog;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Attack: bytes that were made to break the reader. In the ordinary run the seeds and a fixed walk
 * from them; with {@code JAZZER_FUZZ=1} Jazzer looks for more, guided by coverage, for a minute.
 */
class EventLogFuzzTest {
  private static final int WALKS = 4000;
  private static final long SEED = 20_260_301L;

  static Stream<Arguments> seeds() {
    return HostileLog.seeds().stream().map(seed -> Arguments.of((Object) seed));
  }

  @MethodSource("seeds")
  @FuzzTest(maxDuration = "60s")
  void anyBytesAreALogOrRefused(byte[] content) {
    HostileLog.read(content == null ? new byte[0] : content);
  }

  @Test
  void changedLogsAreLogsOrRefused() {
    Random random = new Random(SEED);
    List<byte[]> seeds = HostileLog.seeds();
    for (int walk = 0; walk < WALKS; walk++) {
      byte[] content = seeds.get(walk % seeds.size()).clone();
      for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
        content = change(content, random);
      }
      HostileLog.read(content);
    }
  }

  private static byte[] change(byte[] content, Random random) {
    if (content.length == 0) {
      return content;
    }
    int at = random.nextInt(content.length);
    switch (random.nextInt(5)) {
      case 0 -> content[at] ^= (byte) (1 << random.nextInt(8));
      case 1 -> content[at] = (byte) random.nextInt(256);
      case 2 -> Arrays.fill(content, at, Math.min(content.length, at + 4), (byte) 0xff);
      case 3 -> Arrays.fill(content, at, Math.min(content.length, at + 4), (byte) 0);
      default -> {
        return Arrays.copyOf(content, at);
      }
    }
    return content;
  }
}
