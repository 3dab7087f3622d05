// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.engine.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.onnxruntime.platform.Fp16Conversions;
import dev.bartizan.updater.engine.ShortFloats;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Our own conversions are the runtime's, bit for bit. */
class ShortFloatsTest {
  @Test
  void everyNumberOfSixteenBitsIsWidenedAsTheRuntimeDoes() {
    for (int bits = 0; bits < 1 << 16; bits++) {
      short given = (short) bits;
      float half = ShortFloats.ofHalf(given);
      float expected = Fp16Conversions.fp16ToFloat(given);
      assertEquals(Float.floatToIntBits(expected), Float.floatToIntBits(half), "half " + bits);
      assertEquals(
          Float.floatToIntBits(Fp16Conversions.bf16ToFloat(given)),
          Float.floatToIntBits(ShortFloats.ofBrain(given)),
          "brain float " + bits);
    }
  }

  @Test
  void whatIsWidenedIsNarrowedToItself() {
    for (int bits = 0; bits < 1 << 16; bits++) {
      short given = (short) bits;
      if (!Float.isNaN(ShortFloats.ofHalf(given))) {
        assertEquals(given, ShortFloats.toHalf(ShortFloats.ofHalf(given)), "half " + bits);
      }
      if (!Float.isNaN(ShortFloats.ofBrain(given))) {
        assertEquals(given, ShortFloats.toBrain(ShortFloats.ofBrain(given)), "brain " + bits);
      }
    }
  }

  /** Between any two neighbours: below, at and above the middle. */
  @Test
  void aNumberBetweenTwoGoesToTheNearerAndFromTheMiddleToTheEvenOne() {
    for (int bits = 0; bits < 0x7bff; bits++) {
      float low = ShortFloats.ofHalf((short) bits);
      float high = ShortFloats.ofHalf((short) (bits + 1));
      float middle = low + (high - low) / 2;
      short even = (short) (bits % 2 == 0 ? bits : bits + 1);
      assertEquals((short) bits, ShortFloats.toHalf(Math.nextDown(middle)), "half " + bits);
      assertEquals(even, ShortFloats.toHalf(middle), "half " + bits);
      assertEquals((short) (bits + 1), ShortFloats.toHalf(Math.nextUp(middle)), "half " + bits);
    }
    assertEquals((short) 0x7bff, ShortFloats.toHalf(65519f));
    assertEquals((short) 0x7c00, ShortFloats.toHalf(65520f));
    assertEquals((short) 0xfc00, ShortFloats.toHalf(Float.NEGATIVE_INFINITY));
  }

  @Test
  void brainFloatsAreRoundedAsTheRuntimeDoes() {
    SplittableRandom random = new SplittableRandom(16);
    for (int i = 0; i < 1_000_000; i++) {
      float value = Float.intBitsToFloat(random.nextInt());
      assertEquals(Fp16Conversions.floatToBf16(value), ShortFloats.toBrain(value), value + "");
    }
  }
}
