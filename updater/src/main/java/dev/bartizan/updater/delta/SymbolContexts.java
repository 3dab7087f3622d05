package dev.bartizan.updater.delta;

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

  /** Residuals of at most 33 bits: none, or a length with a sign. */
  static final int NARROW = 67;

  /** Residuals of at most 64 bits. */
  static final int WIDE = 129;

  static final int FLOATS = 0;
  static final int WIDE_NUMBERS = FLOATS + SIZES;

  /** Integers: sizes by where between two integers the prediction lay (or that it lay on one). */
  static final int INTEGERS = WIDE_NUMBERS + SIZES;

  static final int INTEGER_SIZE_MIN = -12;
  static final int INTEGER_SIZES = 48;
  static final int FRACTIONS = 9;

  /** Integers by their trend: how many more of the last residuals went up than down. */
  static final int TRENDS = INTEGERS + INTEGER_SIZES * FRACTIONS;

  static final int TREND_WINDOW = 8;
  private static final int TREND_CONTEXTS = 2 * TREND_WINDOW + 1;

  /** Floats coded by exponent, where the change is as large as the weight or nothing is known. */
  static final int EXPONENTS = TRENDS + TREND_CONTEXTS;

  static final int EXPONENT_CONTEXTS = 32;
  static final int EXPONENT_SYMBOLS = 128;

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
  private static final int ALL = CHANGE_OTHERS + 1;

  static final int DETAILS_BY_SIZE = 64;
  static final int DETAILS_ONE_BIT = DETAILS_BY_SIZE * 2;
  static final int DETAILS_EXPONENT = DETAILS_ONE_BIT + 32;
  private static final int ALL_DETAILS = DETAILS_EXPONENT + 64;

  private static final int PRIOR = 12 * 32;

  private SymbolContexts() {}

  /** The contexts of the main stream, all new. */
  public static Contexts main() {
    int[] sizes = new int[ALL];
    for (int i = 0; i < ALL; i++) {
      sizes[i] = size(i);
    }
    return new Contexts(sizes);
  }

  /** The contexts of the detail stream, all new. */
  public static Contexts details() {
    int[] sizes = new int[ALL_DETAILS];
    Arrays.fill(sizes, 4);
    return new Contexts(sizes);
  }

  private static int size(int context) {
    if (context < WIDE_NUMBERS) {
      return NARROW;
    }
    if (context < INTEGERS) {
      return WIDE;
    }
    if (context < EXPONENTS) {
      return NARROW;
    }
    if (context < ZEROS) {
      return EXPONENT_SYMBOLS;
    }
    return context < WHOLE ? 3 : bytesSize(context);
  }

  private static int bytesSize(int context) {
    if (context < CHANGES) {
      return NARROW;
    }
    if (context < CHANGE_VALUES) {
      return 2;
    }
    return context < CHANGE_OTHERS ? ChangeCode.RECENT + 1 : 256;
  }

  /** Tells a new context of the main stream what to expect. */
  public static void expect(Contexts contexts, int context) {
    int[] weights = new int[contexts.size(context)];
    if (context < INTEGERS) {
      expectSize(weights, SIZE_MIN + context % SIZES);
    } else if (context < TRENDS) {
      expectSize(weights, INTEGER_SIZE_MIN + (context - INTEGERS) % INTEGER_SIZES);
    } else if (context < EXPONENTS) {
      expectSize(weights, 0);
    } else if (context < ZEROS) {
      expectExponent(weights);
    } else if (context < WHOLE) {
      weights[0] = 16;
      weights[1] = 12;
      weights[2] = 4;
    } else if (context < CHANGES) {
      expectSize(weights, context < VECTORS ? 3 : context - VECTORS);
    } else if (context < CHANGE_VALUES) {
      weights[0] = 400;
      weights[1] = 8;
    } else {
      Arrays.fill(weights, context < CHANGE_OTHERS ? 32 : 2);
    }
    contexts.expect(context, weights);
  }

  /** Tells a new context of the detail stream what to expect. */
  public static void expectDetail(Contexts details, int context) {
    boolean oneBit = context >= DETAILS_ONE_BIT && context < DETAILS_EXPONENT;
    details.expect(context, oneBit ? new int[] {60, 48, 0, 0} : new int[] {70, 60, 52, 46});
  }

  private static void expectSize(int[] weights, int halfOctaves) {
    double square = power(halfOctaves) * 0.7;
    double below = within(0.5, square);
    weights[0] = (int) (PRIOR * below);
    double bound = 1;
    for (int length = 1; 2 * length < weights.length; length++) {
      bound *= 2;
      double upTo = within(bound - 0.5, square);
      int half = (int) (PRIOR * (upTo - below) / 2);
      weights[2 * length - 1] = half;
      weights[2 * length] = half;
      below = upTo;
    }
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
    for (int i = 0; i < weights.length / 2; i++) {
      int away = Math.abs(i - TensorCode.EXPONENT_REFERENCE);
      int weight = away < 6 ? 48 >> (away / 2) : 0;
      weights[2 * i] = weight;
      weights[2 * i + 1] = weight;
    }
  }
}
