// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.delta.format;

import java.util.Arrays;
import java.util.Optional;

/**
 * How an element of a tensor is stored, little-endian, and its place in the order of numbers.
 *
 * <p>The <i>ordered</i> form of an element is an integer that compares as the numbers do and is 1
 * apart for neighbours: for floats the magnitude's bits, complemented where the sign is set. It is
 * a bijection on all bit patterns, the odd ones (infinities, NaNs, both zeros) included.
 */
public enum NumberFormat {
  F32(1, 4, 23),
  F16(2, 2, 10),
  BF16(3, 2, 7),
  F64(4, 8, 52),
  U8(5, 1, 0),
  S8(6, 1, 0),
  U16(7, 2, 0),
  S16(8, 2, 0),
  U32(9, 4, 0),
  S32(10, 4, 0),
  U64(11, 8, 0),
  S64(12, 8, 0),

  /**
   * Floats that hold what a narrower format can hold, as trainers and exporters often keep them.
   */
  F32_IN_F64(13, F32, 8),
  F16_IN_F32(14, F16, 4),
  BF16_IN_F32(15, BF16, 4);

  private static final NumberFormat[] ALL = values();

  private final int code;
  private final int width;

  /** The format of the numbers themselves. */
  private final NumberFormat narrow;

  /** Bits of a number. */
  private final int size;

  private final int mantissa;
  private final int bias;
  private final long sign;
  private final boolean unsigned;

  /** For narrow floats: how many of the smallest one there are in 1. */
  private final double smallestPerUnit;

  NumberFormat(int code, int width, int mantissa) {
    this.code = code;
    this.width = width;
    this.narrow = this;
    this.size = Byte.SIZE * width;
    this.mantissa = mantissa;
    this.bias = (1 << (size - mantissa - 2)) - 1;
    this.sign = 1L << (size - 1);
    this.smallestPerUnit = Math.scalb(1.0, Math.min(Double.MAX_EXPONENT, bias - 1 + mantissa));
    this.unsigned = mantissa == 0 && code % 2 == 1;
  }

  NumberFormat(int code, NumberFormat narrow, int width) {
    this.code = code;
    this.width = width;
    this.narrow = narrow;
    this.size = narrow.size;
    this.mantissa = narrow.mantissa;
    this.bias = narrow.bias;
    this.sign = narrow.sign;
    this.smallestPerUnit = narrow.smallestPerUnit;
    this.unsigned = false;
  }

  /** As it stands in a delta. */
  public int code() {
    return code;
  }

  static Optional<NumberFormat> ofCode(int code) {
    return code < 1 || code > ALL.length ? Optional.empty() : Optional.of(ALL[code - 1]);
  }

  /** Bytes of an element. */
  public int width() {
    return width;
  }

  public boolean isFloat() {
    return mantissa > 0;
  }

  /** Bits of the mantissa that are stored; 0 for integers. */
  public int mantissa() {
    return mantissa;
  }

  /** What is added to a float's exponent. */
  public int bias() {
    return bias;
  }

  /** Bits of a number, which may be fewer than its bytes have. */
  public int size() {
    return size;
  }

  /**
   * Whether {@link #store} gives back every element of this width that {@link #bits} takes, none of
   * them no number: what NaNs become differs between machines.
   */
  public boolean holds(byte[] content) {
    NumberFormat stored = stored();
    byte[] again = new byte[width];
    for (int at = 0; at < content.length; at += width) {
      store(again, 0, bits(content, at));
      if (Double.isNaN(stored.value(stored.ordered(stored.bits(content, at))))
          || !Arrays.equals(again, 0, width, content, at, at + width)) {
        return false;
      }
    }
    return true;
  }

  /** The number at {@code at}, its bits in the low end. */
  public long bits(byte[] content, int at) {
    if (narrow == this) {
      return storedBits(content, at);
    }
    if (this == BF16_IN_F32) {
      return storedBits(content, at) >>> 16;
    }
    NumberFormat stored = stored();
    return unordered(nearest(stored.value(stored.ordered(storedBits(content, at)))))
        & (2 * sign - 1);
  }

  /** The format that one which holds narrower numbers looks like. */
  private NumberFormat stored() {
    return width == Long.BYTES ? F64 : F32;
  }

  private long storedBits(byte[] content, int at) {
    return switch (width) {
      case 1 -> content[at] & 0xffL;
      case 2 -> (short) LittleEndian.SHORTS.get(content, at) & 0xffffL;
      case 4 -> (int) LittleEndian.INTS.get(content, at) & 0xffff_ffffL;
      default -> (long) LittleEndian.LONGS.get(content, at);
    };
  }

  /** Stores the low bits. */
  public void store(byte[] content, int at, long bits) {
    if (narrow == this) {
      storeBits(content, at, bits);
    } else if (this == BF16_IN_F32) {
      storeBits(content, at, bits << 16);
    } else {
      double value = value(ordered(bits & (2 * sign - 1)));
      storeBits(
          content,
          at,
          this == F32_IN_F64
              ? Double.doubleToRawLongBits(value)
              : Float.floatToRawIntBits((float) value));
    }
  }

  private void storeBits(byte[] content, int at, long bits) {
    switch (width) {
      case 1 -> content[at] = (byte) bits;
      case 2 -> LittleEndian.SHORTS.set(content, at, (short) bits);
      case 4 -> LittleEndian.INTS.set(content, at, (int) bits);
      default -> LittleEndian.LONGS.set(content, at, bits);
    }
  }

  /** The ordered form of an element's bits. */
  public long ordered(long bits) {
    if (mantissa > 0) {
      return (bits & sign) == 0 ? bits : ~(bits & (sign - 1));
    }
    return unsigned ? bits : (bits ^ sign) - sign;
  }

  /** The inverse of {@link #ordered}; what is beyond the format wraps around. */
  public long unordered(long ordered) {
    if (mantissa > 0) {
      return ordered >= 0 ? ordered : (~ordered | sign);
    }
    return ordered;
  }

  /** The number itself; exact but for 64-bit integers. */
  public double value(long ordered) {
    return switch (narrow) {
      case F32 -> Float.intBitsToFloat((int) unordered(ordered));
      case BF16 -> Float.intBitsToFloat((int) unordered(ordered) << 16);
      case F64 -> Double.longBitsToDouble(unordered(ordered));
      case F16 -> half((short) unordered(ordered));
      default -> ordered;
    };
  }

  /**
   * The number that a half's bits, its sign extended, stand for. Moved to where a float has them,
   * they are that number scaled; what would be an infinity or none counts as a large number.
   */
  public static float half(int bits) {
    return Float.intBitsToFloat((bits & 1 << 31) | (bits & Short.MAX_VALUE) << 13) * 0x1p112f;
  }

  /**
   * The ordered form of the element nearest to {@code value}, halves to even; 0 for what is no
   * number, so that no NaN's payload, which may differ between machines, ever decides anything.
   */
  public long nearest(double value) {
    if (Double.isNaN(value)) {
      return 0;
    }
    return switch (narrow) {
      case F32 -> ordered(Float.floatToRawIntBits((float) value) & 0xffff_ffffL);
      case F64 -> ordered(Double.doubleToRawLongBits(value));
      case F16, BF16 -> narrowed(value);
      default -> nearestInteger(value);
    };
  }

  public long narrowed(double value) {
    long bits = Double.doubleToRawLongBits(value);
    long magnitude = bits & Long.MAX_VALUE;
    int dropped = 52 - mantissa;
    long rounded;
    if (magnitude >>> 52 > 1023 - bias) {
      long half = (1L << (dropped - 1)) - 1 + ((magnitude >>> dropped) & 1);
      long infinity = (2L * bias + 1) << mantissa;
      rounded = Math.min(infinity, ((magnitude + half) >>> dropped) - ((1023L - bias) << mantissa));
    } else {
      rounded = (long) Math.rint(Math.abs(value) * smallestPerUnit);
    }
    return rounded ^ (bits >> 63);
  }

  private long nearestInteger(double value) {
    return (long) Math.max(least(), Math.min(most(), Math.rint(value)));
  }

  public double least() {
    return unsigned ? 0 : -(double) (sign >>> 1) * 2;
  }

  public double most() {
    return unsigned ? (double) (sign >>> 1) * 4 - 1 : (double) (sign >>> 1) * 2 - 1;
  }
}
