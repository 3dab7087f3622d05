// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.delta.code;

import dev.bartizan.delta.format.LittleEndian;
import dev.bartizan.delta.format.NumberFormat;

/**
 * The elements of a row at once, as {@link NumberFormat} says them one by one: a loop for each
 * common format, in which nothing is asked.
 */
final class NumberRows {
  private final NumberFormat format;
  private final int width;

  NumberRows(NumberFormat format) {
    this.format = format;
    this.width = format.width();
  }

  /** The ordered forms of {@code count} elements. */
  void load(byte[] content, int at, long[] ordered, int from, int count) {
    switch (format) {
      case F32 -> {
        for (int i = 0; i < count; i++) {
          int bits = (int) LittleEndian.INTS.get(content, at + 4 * i);
          ordered[from + i] = bits ^ ((bits >> 31) >>> 1);
        }
      }
      case F16, BF16 -> {
        for (int i = 0; i < count; i++) {
          short bits = (short) LittleEndian.SHORTS.get(content, at + 2 * i);
          ordered[from + i] = bits ^ ((bits >> 15) & Short.MAX_VALUE);
        }
      }
      case BF16_IN_F32 -> {
        for (int i = 0; i < count; i++) {
          short bits = (short) LittleEndian.SHORTS.get(content, at + 4 * i + 2);
          ordered[from + i] = bits ^ ((bits >> 15) & Short.MAX_VALUE);
        }
      }
      case F16_IN_F32 -> {
        for (int i = 0; i < count; i++) {
          float value = Float.intBitsToFloat((int) LittleEndian.INTS.get(content, at + 4 * i));
          ordered[from + i] = !Float.isNaN(value) ? format.narrowed(value) : 0;
        }
      }
      case U8 -> {
        for (int i = 0; i < count; i++) {
          ordered[from + i] = content[at + i] & 0xff;
        }
      }
      case S8 -> {
        for (int i = 0; i < count; i++) {
          ordered[from + i] = content[at + i];
        }
      }
      default -> {
        for (int i = 0; i < count; i++) {
          ordered[from + i] = format.ordered(format.bits(content, at + i * width));
        }
      }
    }
  }

  /** Stores what {@link #load} takes. */
  void store(long[] ordered, int from, int count, byte[] content, int at) {
    switch (format) {
      case F32 -> {
        for (int i = 0; i < count; i++) {
          int bits = (int) ordered[from + i];
          LittleEndian.INTS.set(content, at + 4 * i, bits ^ ((bits >> 31) >>> 1));
        }
      }
      case F16, BF16 -> {
        for (int i = 0; i < count; i++) {
          short bits = (short) ordered[from + i];
          LittleEndian.SHORTS.set(
              content, at + 2 * i, (short) (bits ^ ((bits >> 15) & Short.MAX_VALUE)));
        }
      }
      case BF16_IN_F32 -> {
        for (int i = 0; i < count; i++) {
          short bits = (short) ordered[from + i];
          LittleEndian.INTS.set(
              content, at + 4 * i, (bits ^ ((bits >> 15) & Short.MAX_VALUE)) << 16);
        }
      }
      case F16_IN_F32 -> {
        for (int i = 0; i < count; i++) {
          short bits = (short) ordered[from + i];
          float value = NumberFormat.half(bits ^ ((bits >> 15) & Short.MAX_VALUE));
          LittleEndian.INTS.set(content, at + 4 * i, Float.floatToRawIntBits(value));
        }
      }
      case U8, S8 -> {
        for (int i = 0; i < count; i++) {
          content[at + i] = (byte) ordered[from + i];
        }
      }
      default -> {
        for (int i = 0; i < count; i++) {
          format.store(content, at + i * width, format.unordered(ordered[from + i]));
        }
      }
    }
  }

  /** The numbers themselves of {@code count} elements. */
  void values(byte[] content, int at, double[] values, int count) {
    switch (format) {
      case F32 -> {
        for (int i = 0; i < count; i++) {
          values[i] = Float.intBitsToFloat((int) LittleEndian.INTS.get(content, at + 4 * i));
        }
      }
      case F16 -> {
        for (int i = 0; i < count; i++) {
          values[i] = NumberFormat.half((short) LittleEndian.SHORTS.get(content, at + 2 * i));
        }
      }
      case BF16 -> {
        for (int i = 0; i < count; i++) {
          values[i] =
              Float.intBitsToFloat((short) LittleEndian.SHORTS.get(content, at + 2 * i) << 16);
        }
      }
      case U8 -> {
        for (int i = 0; i < count; i++) {
          values[i] = content[at + i] & 0xff;
        }
      }
      case S8 -> {
        for (int i = 0; i < count; i++) {
          values[i] = content[at + i];
        }
      }
      default -> {
        for (int i = 0; i < count; i++) {
          values[i] = format.value(format.ordered(format.bits(content, at + i * width)));
        }
      }
    }
  }

  /** {@link NumberFormat#nearest} of the first {@code count}. */
  void nearest(double[] values, long[] ordered, int from, int count) {
    switch (format) {
      case F32 -> {
        for (int i = 0; i < count; i++) {
          int bits = Float.floatToRawIntBits((float) values[i]);
          ordered[from + i] = !Double.isNaN(values[i]) ? bits ^ ((bits >> 31) >>> 1) : 0;
        }
      }
      case F16, BF16, F16_IN_F32, BF16_IN_F32 -> {
        for (int i = 0; i < count; i++) {
          ordered[from + i] = !Double.isNaN(values[i]) ? format.narrowed(values[i]) : 0;
        }
      }
      case U8, S8 -> {
        double least = format.least();
        double most = format.most();
        for (int i = 0; i < count; i++) {
          ordered[from + i] = (long) Math.max(least, Math.min(most, Math.rint(values[i])));
        }
      }
      default -> {
        for (int i = 0; i < count; i++) {
          ordered[from + i] = format.nearest(values[i]);
        }
      }
    }
  }
}
