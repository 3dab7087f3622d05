package dev.bartizan.updater.delta;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
  @MethodSource("residuals")
  void symbolsAscendWithTheMagnitudeAndFitIntoAByte(ResidualSymbol residuals) {
    assertTrue(residuals.count() <= 256);
    for (int symbol = 1; symbol + 2 < residuals.count(); symbol++) {
      long next = residuals.least(symbol) + (1L << residuals.restBits(symbol));
      assertEquals(next, residuals.least(symbol + 2), "after symbol " + symbol);
    }
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
