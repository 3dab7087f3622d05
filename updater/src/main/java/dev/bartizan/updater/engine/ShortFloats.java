// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.engine;

/**
 * Floating point numbers of 16 bits, in both of their kinds. Rounds to the nearest, ties to even.
 */
public final class ShortFloats {
  private static final int MANTISSA_BITS = 23;
  private static final int MANTISSA = (1 << MANTISSA_BITS) - 1;
  private static final int BIAS = 127;
  private static final int HALF_SIGN = 0x8000;
  private static final int HALF_INFINITY = 0x7c00;
  private static final int HALF_QUIET = 0x200;
  private static final int HALF_MANTISSA = 0x3ff;
  private static final int HALF_BIAS = 15;
  private static final int HALF_SMALLEST = -14;

  /** By so many bits a mantissa of ours is longer. */
  private static final int SHORTER = 13;

  private ShortFloats() {}

  /** IEEE 754 binary16, widened. */
  public static float ofHalf(short half) {
    int sign = (half & HALF_SIGN) << 16;
    int exponent = (half & HALF_INFINITY) >>> 10;
    int mantissa = half & HALF_MANTISSA;
    if (exponent == 0) {
      float size = mantissa * 0x1p-24f;
      return sign == 0 ? size : -size;
    }
    int wide = exponent == 31 ? 255 : exponent - HALF_BIAS + BIAS;
    return Float.intBitsToFloat(sign | (wide << MANTISSA_BITS) | (mantissa << SHORTER));
  }

  /** The nearest IEEE 754 binary16; infinite when the value is too large. */
  public static short toHalf(float value) {
    int bits = Float.floatToIntBits(value);
    int sign = (bits >>> 16) & HALF_SIGN;
    int exponent = ((bits >>> MANTISSA_BITS) & 0xff) - BIAS;
    int mantissa = bits & MANTISSA;
    if (Float.isNaN(value)) {
      return (short) (sign | HALF_INFINITY | HALF_QUIET);
    }
    if (exponent > HALF_BIAS) {
      return (short) (sign | HALF_INFINITY);
    }
    if (exponent >= HALF_SMALLEST) {
      int normal = ((exponent + HALF_BIAS) << MANTISSA_BITS) | mantissa;
      return (short) (sign | round(normal, SHORTER)); // Rounding up may reach infinity, rightly.
    }
    int shift = SHORTER + HALF_SMALLEST - exponent;
    return (short) (shift > 24 ? sign : sign | round(mantissa | (MANTISSA + 1), shift));
  }

  private static int round(int bits, int shift) {
    int kept = bits >>> shift;
    int rest = bits & ((1 << shift) - 1);
    int tie = 1 << (shift - 1);
    boolean isUp = rest > tie || (rest == tie && (kept & 1) == 1);
    return isUp ? kept + 1 : kept;
  }

  /** A brain float: the upper half of a float. */
  public static float ofBrain(short brain) {
    return Float.intBitsToFloat(brain << 16);
  }

  /** The nearest brain float. */
  public static short toBrain(float value) {
    return (short) round(Float.floatToIntBits(value), 16);
  }
}
