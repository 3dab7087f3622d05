// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.delta.code;

import java.util.Arrays;

/**
 * The contexts in which symbols are coded, and what is expected of each before anything is seen.
 *
 * <p>A context of residuals is an expected size in half octaves; what is expected is a distribution
 * with a heavy tail around that size. All of it is computed in double precision with the four basic
 * operations, which are the same everywhere.
 */
public final class SymbolContexts {
  /** The least expected size, in half octaves of the last place. */
  static final int SIZE_MIN = -16;

  static final int SIZES = 128;

  static final int FLOATS = 0;
  static final int WIDE_FLOATS = FLOATS + SIZES;
  static final int WIDE_INTEGERS = WIDE_FLOATS + SIZES;

  /** Integers: sizes by where between two integers the prediction lay (or that it lay on one). */
  static final int INTEGERS = WIDE_INTEGERS + SIZES;

  static final int INTEGER_SIZE_MIN = -12;
  static final int INTEGER_SIZES = 48;
  static final int FRACTIONS = 9;

  /** Integers by their trend: how many more of the last residuals went up than down. */
  static final int TRENDS = INTEGERS + INTEGER_SIZES * FRACTIONS;

  static final int TREND_WINDOW = 16;

  /** Of the last few alone. */
  private static final int LAST_MAX = 2;

  private static final int LASTS = 2 * LAST_MAX + 1;
  private static final int TREND_CONTEXTS = (TREND_WINDOW + 1) * LASTS;

  /** Floats coded by exponent, where the change is as large as the weight or nothing is known. */
  static final int EXPONENTS = TRENDS + TREND_CONTEXTS;

  static final int EXPONENT_CONTEXTS = 32;

  /** Of these: by how much larger the change may be than the number; the others: of no base. */
  static final int EXPONENTS_BY_SIZE = 24;

  /** Whether an element is zero, by the size of its prediction. */
  static final int ZEROS = EXPONENTS + EXPONENT_CONTEXTS;

  static final int ZERO_CONTEXTS = 256;

  /** Whole numbers: sizes, scales. */
  static final int WHOLE = ZEROS + ZERO_CONTEXTS;

  static final int WHOLE_CONTEXTS = 8;

  /** The numbers of a change of low rank, by the size of their vector in half octaves. */
  static final int VECTORS = WHOLE + WHOLE_CONTEXTS;

  static final int VECTOR_SIZES = 60;

  /** Bytes: whether one changed; which of the recent changes it is; what, when it is none. */
  static final int CHANGES = VECTORS + VECTOR_SIZES;

  static final int CHANGE_VALUES = CHANGES + ChangeCode.DISTANCES * ChangeCode.BEFORE;
  static final int CHANGE_OTHERS = CHANGE_VALUES + 3 * (ChangeCode.RECENT + 1);

  /** The bytes of elements, by which of them it is, and by what is known: {@link ByteCode}. */
  static final int BYTES = CHANGE_OTHERS + 1;

  /** Whether all of a group are as predicted, by the byte of their elements: {@link QuietCode}. */
  static final int QUIET = BYTES + Long.BYTES * ByteCode.CONTEXTS;

  private static final int ALL = QUIET + Long.BYTES;

  /** What an expectation weighs: of floats it is mostly right, of the others less so. */
  private static final int SURE = 24 * 32;

  private static final int UNSURE = 6 * 32;

  private static final int[] SIZES_OF_ALL = new int[ALL];

  static {
    Arrays.setAll(SIZES_OF_ALL, SymbolContexts::size);
  }

  private SymbolContexts() {}

  /** The contexts of a section, all new. */
  public static Contexts contexts() {
    return new Contexts(SIZES_OF_ALL, SymbolContexts::expect);
  }

  /**
   * The context of an integer.
   *
   * @param all how many more of {@link #TREND_WINDOW} residuals before it went up than down
   * @param last the same of the last few
   */
  static int trend(int all, int last) {
    int few = Math.max(-LAST_MAX, Math.min(LAST_MAX, last)) + LAST_MAX;
    return TRENDS + (all + TREND_WINDOW) / 2 * LASTS + few;
  }

  private static int size(int context) {
    if (context < WIDE_INTEGERS) {
      return distances(context).count();
    }
    if (context < INTEGERS) {
      return ResidualSymbol.WIDE.count();
    }
    if (context < EXPONENTS) {
      return ResidualSymbol.NARROW.count();
    }
    if (context < ZEROS) {
      return ExponentSymbol.COUNT;
    }
    return context < WHOLE ? 3 : bytesSize(context);
  }

  private static int bytesSize(int context) {
    if (context < CHANGES) {
      return ResidualSymbol.LENGTH.count();
    }
    if (context < CHANGE_VALUES) {
      return 2;
    }
    if (context < CHANGE_OTHERS) {
      return ChangeCode.RECENT + 1;
    }
    return context < QUIET ? 256 : 2;
  }

  private static void expect(int context, int[] weights) {
    if (context < WIDE_INTEGERS) {
      expectMagnitude(distances(context), weights, SIZE_MIN + context % SIZES, SURE);
    } else if (context < INTEGERS) {
      expectResidual(ResidualSymbol.WIDE, weights, SIZE_MIN + context % SIZES, SURE);
    } else if (context < TRENDS) {
      int size = INTEGER_SIZE_MIN + (context - INTEGERS) % INTEGER_SIZES;
      expectResidual(ResidualSymbol.NARROW, weights, size, UNSURE);
    } else if (context < EXPONENTS) {
      expectResidual(ResidualSymbol.NARROW, weights, 0, UNSURE);
    } else if (context < ZEROS) {
      expectExponent(weights);
    } else if (context < WHOLE) {
      weights[0] = 16;
      weights[1] = 12;
      weights[2] = 4;
    } else if (context < CHANGES) {
      int size = context < VECTORS ? 3 : context - VECTORS;
      expectResidual(ResidualSymbol.LENGTH, weights, size, UNSURE);
    } else if (context < CHANGE_VALUES) {
      weights[0] = 400;
      weights[1] = 8;
    } else if (context < BYTES) {
      Arrays.fill(weights, context < CHANGE_OTHERS ? 32 : 2);
    } else if (context >= QUIET) {
      weights[0] = 64;
      weights[1] = 16;
    } else {
      Arrays.fill(weights, ByteCode.isOfBase(context - BYTES) ? 0 : 1);
      weights[0] = 64;
    }
  }

  private static MagnitudeSymbol distances(int context) {
    return context < WIDE_FLOATS ? MagnitudeSymbol.NARROW : MagnitudeSymbol.WIDE;
  }

  private static void expectMagnitude(
      MagnitudeSymbol magnitudes, int[] weights, int halfOctaves, int weight) {
    double square = square(halfOctaves);
    for (int symbol = 0; symbol < weights.length; symbol++) {
      weights[symbol] = (int) (weight * probability(magnitudes, symbol, square));
    }
  }

  private static void expectResidual(
      ResidualSymbol residuals, int[] weights, int halfOctaves, int weight) {
    double square = square(halfOctaves);
    for (int symbol = 0; symbol < weights.length; symbol++) {
      int magnitude = ResidualSymbol.magnitude(symbol);
      double both = probability(residuals.magnitudes(), magnitude, square);
      weights[symbol] = (int) (weight * (magnitude == 0 ? both : both / 2));
    }
  }

  private static double square(int halfOctaves) {
    return power(halfOctaves) * 0.7;
  }

  private static double probability(MagnitudeSymbol magnitudes, int symbol, double square) {
    if (symbol == 0) {
      return within(0.5, square);
    }
    // As a long, two to the power of 63 is negative.
    double least = Math.abs((double) magnitudes.least(symbol));
    double next = least + power(magnitudes.restBits(symbol));
    return within(next - 0.5, square) - within(least - 0.5, square);
  }

  /** The probability of a size up to {@code x}: a tail that falls with the square. */
  private static double within(double x, double square) {
    return x * x / (x * x + square);
  }

  private static double power(int exponent) {
    double power = 1;
    for (int i = 0; i < Math.abs(exponent); i++) {
      power = exponent > 0 ? power * 2 : power / 2;
    }
    return power;
  }

  private static void expectExponent(int[] weights) {
    int details = 1 << ExponentSymbol.DETAIL_BITS;
    for (int symbol = 0; symbol < ExponentSymbol.ZERO; symbol++) {
      int away = Math.abs(symbol / (2 * details) - ExponentSymbol.BELOW);
      weights[symbol] = away < 6 ? (48 >> (away / 2)) / details : 0;
    }
  }
}
