// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.deltas;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.systemtest.lab.Models;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The coders that stand for published ones: lossless, and as good as they are said to be. */
final class PeerCodersTest {
  private static final List<PlaneCoder> CODERS =
      List.of(PlaneCoder.bitx(), PlaneCoder.fmDelta(), PlaneCoder.alone());
  private static final long[] SPECIAL = {
    0, 1, 0x7f80_0000L, 0x7fc0_0001L, 0x8000_0000L, 0xff80_0000L, 0xffff_ffffL, 0x3f80_0000L
  };

  @Test
  void trainedModelsComeBackByteForByte() throws IOException {
    for (PlaneCoder coder : CODERS) {
      roundTrip(coder, model("1.0.0"), model("1.1.0"));
    }
  }

  @Test
  void filesThatAreNoModelsComeBackToo() {
    Random random = new Random(7);
    byte[] noise = new byte[5000];
    random.nextBytes(noise);
    byte[] shifted = Arrays.copyOfRange(noise, 13, noise.length);
    for (PlaneCoder coder : CODERS) {
      roundTrip(coder, noise, shifted);
      roundTrip(coder, new byte[0], noise);
      roundTrip(coder, noise, new byte[0]);
      roundTrip(coder, new byte[0], new byte[0]);
    }
  }

  @Test
  void everyKindOfNumberComesBack() {
    Random random = new Random(8);
    for (int bits : new int[] {8, 16, 32, 64}) {
      for (int i = 0; i < 10_000; i++) {
        everyNumbers(any(random, bits), any(random, bits), bits);
      }
    }
    for (long old : SPECIAL) {
      for (long next : SPECIAL) {
        everyNumbers(old, next, 32);
      }
    }
  }

  @Test
  void theOrderedDifferenceOfNeighboursIsSmallAcrossZeroAndAcrossExponents() {
    assertEquals(1, ordered(-0.0f, -Float.MIN_VALUE));
    assertEquals(2, ordered(-0.0f, 0.0f));
    assertEquals(2, ordered(Math.nextDown(1.0f), 1.0f));
    assertEquals(1, ordered(1.0f, Math.nextDown(1.0f)));
  }

  @Test
  void aTunedModelCostsLessThanOneAloneAndTheOrderedDifferenceLessThanXor() throws IOException {
    byte[] old = model("1.0.0");
    byte[] next = model("1.1.0");
    int bitx = PlaneCoder.bitx().encode(old, next).length;
    int fmDelta = PlaneCoder.fmDelta().encode(old, next).length;
    int alone = PlaneCoder.alone().encode(old, next).length;
    assertTrue(fmDelta < bitx, fmDelta + " < " + bitx);
    assertTrue(bitx < alone, bitx + " < " + alone);
    assertTrue(alone < 0.87 * next.length, alone + " of " + next.length);
  }

  private static void roundTrip(PlaneCoder coder, byte[] old, byte[] next) {
    assertArrayEquals(next, coder.decode(old, coder.encode(old, next)), coder.toString());
  }

  private static void everyNumbers(long old, long next, int bits) {
    for (Numbers numbers : List.of(Numbers.XOR, Numbers.ORDERED, Numbers.ALONE)) {
      for (boolean floats : new boolean[] {true, false}) {
        long code = numbers.code(old, next, bits, floats);
        assertEquals(0, bits == 64 ? 0 : code >>> bits, "a code is no wider than its number");
        assertEquals(next, numbers.number(old, code, bits, floats));
      }
    }
  }

  private static long ordered(float old, float next) {
    return Numbers.ORDERED.code(bits(old), bits(next), 32, true);
  }

  private static long bits(float value) {
    return Float.floatToRawIntBits(value) & 0xffff_ffffL;
  }

  private static long any(Random random, int bits) {
    return random.nextLong() >>> (64 - bits);
  }

  private static byte[] model(String version) throws IOException {
    return Files.readAllBytes(Models.file(version));
  }
}
