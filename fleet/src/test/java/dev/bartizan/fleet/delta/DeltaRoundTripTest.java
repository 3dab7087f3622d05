package dev.bartizan.fleet.delta;

import static dev.bartizan.fleet.delta.DeltaTrial.SMALL_SECTION;
import static dev.bartizan.fleet.delta.DeltaTrial.noise;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.luben.zstd.Zstd;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DeltaRoundTripTest {
  private static final int LENGTH = 3 * SMALL_SECTION + 12_345;

  @Test
  void equalFilesCostAlmostNothing() throws Exception {
    byte[] file = noise(1, LENGTH);
    assertTrue(roundTrip(file, file.clone()) < 600);
  }

  @Test
  void emptyFilesInEveryPlace() throws Exception {
    roundTrip(new byte[0], new byte[0]);
    roundTrip(new byte[0], noise(1, 100));
    roundTrip(noise(1, 100), new byte[0]);
  }

  @Test
  void unrelatedFilesCostNoMoreThanCompressingTheNewOne() throws Exception {
    byte[] result = noise(2, LENGTH);
    assertTrue(roundTrip(noise(1, LENGTH), result) < Zstd.compress(result, 19).length * 1.005);
  }

  @Test
  void lengthsAroundTheSectionLength() throws Exception {
    for (int length : new int[] {1, 3, 4, SMALL_SECTION - 1, SMALL_SECTION, SMALL_SECTION + 1}) {
      roundTrip(noise(1, SMALL_SECTION), noise(2, length));
      roundTrip(noise(1, SMALL_SECTION + 1), Arrays.copyOf(noise(1, SMALL_SECTION + 1), length));
    }
  }

  @Test
  void bytesInsertedAtTheFrontLeaveTheRestCheap() throws Exception {
    byte[] base = noise(1, LENGTH);
    byte[] result = concatenate(noise(2, 777), base);
    assertTrue(roundTrip(base, result) < 777 + 1000);
    assertTrue(roundTrip(result, base) < 1000);
  }

  @Test
  void bytesInsertedInTheMiddleLeaveBothSidesCheap() throws Exception {
    byte[] base = noise(1, LENGTH);
    byte[] result =
        concatenate(
            concatenate(Arrays.copyOf(base, LENGTH / 2), noise(2, 999)),
            Arrays.copyOfRange(base, LENGTH / 2, LENGTH));
    assertTrue(roundTrip(base, result) < 999 + 1200);
  }

  // What byte tools see as noise: every weight moved by a few units in its last place.
  @Test
  void floatsThatMovedALittleAreCheapAtEveryAlignment() throws Exception {
    for (int offset = 0; offset < 4; offset++) {
      byte[] base = concatenate(noise(3, offset), floats(5, 0));
      byte[] result = concatenate(noise(3, offset), floats(5, 1e-4f));
      int asBytes = Zstd.compress(result, 19).length;
      assertTrue(roundTrip(base, result) < asBytes * 0.7, "offset " + offset);
    }
  }

  @Test
  void theAlignmentMayChangeWithinASection() throws Exception {
    byte[] base = concatenate(concatenate(floats(5, 0), noise(3, 1001)), floats(6, 0));
    byte[] result = concatenate(concatenate(floats(5, 1e-4f), noise(3, 1001)), floats(6, 1e-4f));
    assertTrue(roundTrip(base, result) < Zstd.compress(result, 19).length * 0.7);
  }

  @Test
  void specialFloatsSurviveToTheBit() throws Exception {
    int[] odd = {0, 0x80000000, 0x7f800000, 0xff800000, 0x7fc00001, 0xffffffff, 1, 0x80000001};
    ByteBuffer base = ByteBuffer.allocate(4 * 4096).order(ByteOrder.LITTLE_ENDIAN);
    ByteBuffer result = ByteBuffer.allocate(4 * 4096).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < 4096; i++) {
      base.putInt(odd[i % 8]);
      result.putInt(odd[(i / 8) % 8]);
    }
    roundTrip(base.array(), result.array());
  }

  @Test
  void aBaseThatStartsLikeATrainedDictionaryIsStillJustBytes() throws Exception {
    byte[] base = noise(1, 5000);
    ByteBuffer.wrap(base).order(ByteOrder.LITTLE_ENDIAN).putInt(0xEC30A437);
    roundTrip(base, base.clone());
  }

  @Test
  void seededRandomEditsOfSeededFiles() throws Exception {
    for (long seed = 0; seed < 60; seed++) {
      Random random = new Random(seed);
      byte[] base = noise(seed, random.nextInt(2 * SMALL_SECTION));
      byte[] result = edited(base, random);
      assertArrayEquals(
          result, DeltaTrial.apply(base, DeltaTrial.delta(base, result)), "seed " + seed);
    }
  }

  private static byte[] edited(byte[] base, Random random) {
    byte[] result = Arrays.copyOf(base, Math.max(0, base.length + random.nextInt(4000) - 2000));
    for (int i = random.nextInt(50); i > 0 && result.length > 0; i--) {
      result[random.nextInt(result.length)] ^= (byte) random.nextInt();
    }
    return result;
  }

  private static int roundTrip(byte[] base, byte[] result) throws Exception {
    byte[] delta = DeltaTrial.delta(base, result);
    assertArrayEquals(result, DeltaTrial.apply(base, delta));
    return delta.length;
  }

  private static byte[] floats(long seed, float step) {
    Random random = new Random(seed);
    Random steps = new Random(seed + 1);
    ByteBuffer out = ByteBuffer.allocate(4 * 30_000).order(ByteOrder.LITTLE_ENDIAN);
    while (out.hasRemaining()) {
      float weight = (float) random.nextGaussian() * 0.1f;
      out.putFloat(weight + step * (float) steps.nextGaussian() * 0.1f);
    }
    return out.array();
  }

  private static byte[] concatenate(byte[] first, byte[] second) {
    byte[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }
}
