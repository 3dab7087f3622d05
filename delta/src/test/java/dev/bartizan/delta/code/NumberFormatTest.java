// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.delta.code;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.delta.format.NumberFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class NumberFormatTest {
  @ParameterizedTest
  @EnumSource(names = {"F16", "BF16"})
  void everyNarrowFloatIsNearestToItself(NumberFormat format) {
    long infinity = (2L * format.bias() + 1) << format.mantissa();
    for (long magnitude = 0; magnitude <= infinity; magnitude++) {
      assertEquals(magnitude, format.nearest(format.value(magnitude)));
      assertEquals(~magnitude, format.nearest(format.value(~magnitude)));
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"F16", "BF16"})
  void halfWayGoesToTheEvenOneAndAHairMoreToTheNext(NumberFormat format) {
    long largest = ((2L * format.bias() + 1) << format.mantissa()) - 1;
    for (long magnitude = 0; magnitude < largest; magnitude++) {
      double half = (format.value(magnitude) + format.value(magnitude + 1)) / 2;
      assertEquals(magnitude + (magnitude & 1), format.nearest(half));
      assertEquals(magnitude, format.nearest(Math.nextDown(half)));
      assertEquals(magnitude + 1, format.nearest(Math.nextUp(half)));
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"F16", "BF16"})
  void whatIsTooLargeIsInfinite(NumberFormat format) {
    long infinity = (2L * format.bias() + 1) << format.mantissa();
    for (double value : new double[] {1e39, Double.MAX_VALUE, Double.POSITIVE_INFINITY}) {
      assertEquals(infinity, format.nearest(value));
      assertEquals(~infinity, format.nearest(-value));
    }
  }

  @ParameterizedTest
  @CsvSource({"F16, F16_IN_F32, F32", "BF16, BF16_IN_F32, F32", "F32, F32_IN_F64, F64"})
  void aWideFloatHoldsANarrowOne(NumberFormat narrow, NumberFormat within, NumberFormat wide) {
    Random random = new Random(7);
    byte[] narrowly = new byte[narrow.width()];
    byte[] widely = new byte[wide.width()];
    for (int i = 0; i < 100_000; i++) {
      random.nextBytes(narrowly);
      long ordered = narrow.ordered(narrow.bits(narrowly, 0));
      double value = narrow.value(ordered);
      long exponent = (ordered ^ (ordered >> 63)) >>> narrow.mantissa();
      if (exponent <= 2L * narrow.bias()) {
        wide.store(widely, 0, wide.unordered(wide.nearest(value)));
        assertTrue(within.holds(widely));
        assertEquals(ordered, within.ordered(within.bits(widely, 0)));
        assertEquals(value, within.value(ordered));
      }
    }
  }

  @Test
  void whatIsMorePreciseOrNoNumberIsNotHeld() {
    byte[] content = new byte[8];
    for (float value : new float[] {0.1f, 1e6f, 1e-9f, Float.NaN}) {
      NumberFormat.F32.store(content, 0, Float.floatToRawIntBits(value));
      NumberFormat.F32.store(content, 4, Float.floatToRawIntBits(1));
      assertFalse(NumberFormat.F16_IN_F32.holds(content));
    }
    for (double value : new double[] {0.1, 1e60, Double.NaN}) {
      NumberFormat.F64.store(content, 0, Double.doubleToRawLongBits(value));
      assertFalse(NumberFormat.F32_IN_F64.holds(content));
    }
  }

  @Test
  void halvesAreWhatTheStandardSays() {
    assertEquals(1.0, NumberFormat.F16.value(0x3c00));
    assertEquals(65504.0, NumberFormat.F16.value(0x7bff));
    assertEquals(0x1p-14, NumberFormat.F16.value(0x0400));
    assertEquals(0x1p-24, NumberFormat.F16.value(0x0001));
    assertEquals(-2.0, NumberFormat.F16.value(NumberFormat.F16.ordered(0xc000)));
  }

  @ParameterizedTest
  @EnumSource
  void manyAtOnceAreTheSameAsOneByOne(NumberFormat format) {
    Random random = new Random(11);
    int count = 1000;
    byte[] content = new byte[3 + count * format.width()];
    random.nextBytes(content);
    for (int i = 0; i < count && format.compareTo(NumberFormat.F32_IN_F64) >= 0; i++) {
      // Not any bytes: finite numbers of the narrow format, of both signs.
      int upper = format == NumberFormat.F32_IN_F64 ? random.nextInt() : random.nextInt() >> 16;
      format.store(content, 3 + i * format.width(), upper & 0xffff_ffff_bfff_bfffL);
    }
    long[] ordered = new long[count + 5];
    double[] values = new double[count];
    NumberRows rows = new NumberRows(format);
    rows.load(content, 3, ordered, 5, count);
    rows.values(content, 3, values, count);
    long[] nearest = new long[count + 5];
    rows.nearest(values, nearest, 5, count);
    for (int i = 0; i < count; i++) {
      long one = format.ordered(format.bits(content, 3 + i * format.width()));
      assertEquals(one, ordered[5 + i]);
      assertEquals(format.value(one), values[i]);
      assertEquals(format.nearest(values[i]), nearest[5 + i]);
    }
    byte[] again = new byte[content.length];
    rows.store(ordered, 5, count, again, 3);
    System.arraycopy(content, 0, again, 0, 3);
    assertArrayEquals(content, again);
  }

  @ParameterizedTest
  @EnumSource
  void whatIsNoNumberIsNearestToNothingInParticularButTheSameEverywhere(NumberFormat format) {
    assertEquals(0, format.nearest(Double.NaN));
    long[] ordered = {7};
    new NumberRows(format).nearest(new double[] {Double.NaN}, ordered, 0, 1);
    assertEquals(0, ordered[0]);
  }
}
