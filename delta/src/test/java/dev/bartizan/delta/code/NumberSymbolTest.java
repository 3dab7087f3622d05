// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.delta.code;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.delta.format.NumberFormat;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class NumberSymbolTest {
  static Stream<ResidualSymbol> residuals() {
    return Stream.of(ResidualSymbol.NARROW, ResidualSymbol.WIDE);
  }

  static Stream<MagnitudeSymbol> magnitudes() {
    return Stream.of(MagnitudeSymbol.NARROW, MagnitudeSymbol.WIDE);
  }

  @ParameterizedTest
  @MethodSource("residuals")
  void aResidualIsItsSymbolAndItsPlainBits(ResidualSymbol residuals) {
    long most = residuals == ResidualSymbol.WIDE ? Long.MAX_VALUE : (1L << 33) - 1;
    Random random = new Random(3);
    LongStream edges =
        LongStream.of(0, 1, -1, 2, -2, 3, -3, 4, 5, 6, 7, 8, -8, 255, most, -most, most >> 1);
    LongStream.concat(edges, random.longs(10_000).map(any -> any >> random.nextInt(64)))
        .filter(distance -> Math.abs(distance) <= most)
        .forEach(distance -> requireSame(residuals, distance));
  }

  @Test
  void theLeastOfAllLongsHasASymbolToo() {
    requireSame(ResidualSymbol.WIDE, Long.MIN_VALUE);
  }

  private static void requireSame(ResidualSymbol residuals, long distance) {
    int symbol = residuals.of(distance);
    long rest = residuals.rest(symbol, distance);
    assertTrue(symbol < residuals.count(), distance + " has symbol " + symbol);
    assertEquals(distance, residuals.distance(symbol, rest), "symbol " + symbol);
  }

  @ParameterizedTest
  @MethodSource("magnitudes")
  void aMagnitudeIsTheLeastOfItsSymbolAndItsPlainBits(MagnitudeSymbol magnitudes) {
    long most = magnitudes == MagnitudeSymbol.WIDE ? Long.MAX_VALUE : (1L << 33) - 1;
    Random random = new Random(5);
    LongStream edges = LongStream.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 255, most, most >> 1);
    LongStream.concat(edges, random.longs(10_000).map(any -> any >>> random.nextInt(64)))
        .map(any -> any & most)
        .forEach(
            magnitude -> {
              int symbol = magnitudes.of(magnitude);
              long rest = magnitudes.rest(symbol, magnitude);
              assertTrue(symbol < magnitudes.count(), magnitude + " has symbol " + symbol);
              assertEquals(magnitude, magnitudes.least(symbol) + rest, "symbol " + symbol);
            });
  }

  @ParameterizedTest
  @MethodSource("magnitudes")
  void symbolsAscendWithTheMagnitude(MagnitudeSymbol magnitudes) {
    for (int symbol = 0; symbol + 1 < magnitudes.count(); symbol++) {
      long next = magnitudes.least(symbol) + (1L << magnitudes.restBits(symbol));
      assertEquals(next, magnitudes.least(symbol + 1), "after symbol " + symbol);
    }
  }

  @ParameterizedTest
  @MethodSource("residuals")
  void symbolsFitIntoAByte(ResidualSymbol residuals) {
    assertTrue(residuals.count() <= 256);
  }

  @ParameterizedTest
  @EnumSource(names = {"F32", "F16", "BF16", "F64"})
  void aFloatIsItsSymbolAndItsPlainBitsWhateverWasExpected(NumberFormat format) {
    ExponentSymbol exponents = new ExponentSymbol(format);
    Random random = new Random(4);
    for (int i = 0; i < 100_000; i++) {
      long bits = random.nextLong() >>> (65 - 8 * format.width());
      long magnitude = i % 9 == 0 ? bits >>> random.nextInt(8 * format.width()) : bits;
      int size = random.nextInt(400) - 200;
      int turned = i & 1;
      int symbol = exponents.of(magnitude, size, turned);
      long rest = magnitude & ((1L << exponents.restBits(symbol)) - 1);
      assertTrue(symbol >= 0 && symbol < ExponentSymbol.COUNT);
      assertEquals(turned, ExponentSymbol.turned(symbol));
      assertEquals(magnitude, exponents.magnitude(symbol, size, rest));
    }
  }
}
