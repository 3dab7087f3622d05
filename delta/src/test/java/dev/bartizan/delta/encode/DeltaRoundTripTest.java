// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.delta.encode;

import static dev.bartizan.delta.encode.DeltaTrial.noise;
import static dev.bartizan.delta.encode.DeltaTrial.roundTrip;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.luben.zstd.Zstd;
import dev.bartizan.delta.format.DeltaFormat;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Files of which nothing is known. */
class DeltaRoundTripTest {
  private static final int LENGTH = 208_953;

  @Test
  void equalFilesCostAlmostNothing() throws Exception {
    byte[] file = noise(1, LENGTH);
    assertTrue(roundTrip(file, file.clone()) < 160);
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
    assertTrue(roundTrip(noise(1, LENGTH), result) < Zstd.compress(result, 19).length + 200);
  }

  // Labels, a vocabulary, metadata: what stands in a model beside its numbers.
  @Test
  void aNewTextCostsLessThanItsFrame() throws Exception {
    Random random = new Random(4);
    StringBuilder text = new StringBuilder();
    for (int line = 0; line < 3000; line++) {
      text.append("class ").append(random.nextInt(900)).append(" of shop ");
      text.append(random.nextInt(40)).append('\n');
    }
    byte[] result = text.toString().getBytes(StandardCharsets.US_ASCII);
    assertTrue(roundTrip(noise(1, 100), result) < 0.9 * Zstd.compress(result, 19).length);
  }

  @Test
  void lengthsAroundWhatASectionHolds() throws Exception {
    int most = DeltaFormat.SECTION_CODED_MAX;
    for (int length : new int[] {1, 3, 4, most / 2 - 1, most - 1, most, most + 1}) {
      roundTrip(noise(1, 100), noise(2, length));
    }
  }

  @Test
  void bytesInsertedAtTheFrontLeaveTheRestCheap() throws Exception {
    byte[] base = noise(1, LENGTH);
    byte[] result = concatenate(noise(2, 777), base);
    assertTrue(roundTrip(base, result) < 777 + 200);
    assertTrue(roundTrip(result, base) < 200);
  }

  // A program that was linked anew: every so often an address, all moved by one of two distances.
  @Test
  void addressesThatMovedTogetherCostABitOrTwoEach() throws Exception {
    byte[] base = noise(1, LENGTH);
    byte[] result = base.clone();
    int addresses = 0;
    Random random = new Random(3);
    for (int at = 0; at < LENGTH - 4; at += 20 + random.nextInt(40)) {
      result[at] += random.nextBoolean() ? (byte) 0x25 : (byte) -0x25;
      addresses++;
    }
    int length = roundTrip(base, result);
    assertTrue(length < addresses, length + " bytes for " + addresses + " addresses");
  }

  @Test
  void changesThatFillASectionAndAllDiffer() throws Exception {
    byte[] base = noise(1, LENGTH);
    byte[] result = base.clone();
    for (int at = 0; at < LENGTH; at += 3) {
      result[at] += (byte) (at / 3);
    }
    roundTrip(base, result);
  }

  @Test
  void bytesInsertedInTheMiddleLeaveBothSidesCheap() throws Exception {
    byte[] base = noise(1, LENGTH);
    byte[] result =
        concatenate(
            concatenate(Arrays.copyOf(base, LENGTH / 2), noise(2, 999)),
            Arrays.copyOfRange(base, LENGTH / 2, LENGTH));
    assertTrue(roundTrip(base, result) < 999 + 200);
  }

  @Test
  void halvesThatChangedPlacesCostTwoCopies() throws Exception {
    byte[] base = noise(1, LENGTH);
    byte[] result =
        concatenate(Arrays.copyOfRange(base, LENGTH / 2, LENGTH), Arrays.copyOf(base, LENGTH / 2));
    assertTrue(roundTrip(base, result) < 250);
  }

  // What a linker does to a program: every address a little different.
  @Test
  void bytesThatChangedEverySoOftenCostTheirDifferences() throws Exception {
    byte[] base = noise(1, LENGTH);
    byte[] result = concatenate(noise(2, 100), base);
    for (int i = 150; i < result.length; i += 40) {
      result[i] = (byte) (result[i] + 4);
    }
    assertTrue(roundTrip(base, result) < LENGTH / 40);
  }

  @Test
  void aBaseThatStartsLikeATrainedDictionaryIsStillJustBytes() throws Exception {
    byte[] base = noise(1, 5000);
    ByteBuffer.wrap(base).order(ByteOrder.LITTLE_ENDIAN).putInt(0xEC30A437);
    roundTrip(base, base.clone());
    roundTrip(base, Arrays.copyOfRange(base, 1, 20));
  }

  @Test
  void seededRandomEditsOfSeededFiles() throws Exception {
    for (long seed = 0; seed < 60; seed++) {
      Random random = new Random(seed);
      byte[] base = noise(seed, random.nextInt(130_000));
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

  private static byte[] concatenate(byte[] first, byte[] second) {
    byte[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }
}
