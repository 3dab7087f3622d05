// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.delta.format;

import dev.bartizan.delta.format.DeltaRefusal.Reason;
import java.io.ByteArrayOutputStream;

/** Unsigned numbers of varying width, seven bits to a byte, the lowest first; no byte to spare. */
public final class Numbers {
  private static final int BYTES_MAX = 9;

  private final byte[] content;
  private final int end;
  private int at;

  public Numbers(byte[] content, int start, int end) {
    this.content = content;
    this.at = start;
    this.end = end;
  }

  public boolean hasMore() {
    return at < end;
  }

  /** Where the next number starts. */
  public int position() {
    return at;
  }

  public void skip(int bytes) {
    at += bytes;
  }

  public long next() throws DeltaRefusal {
    long value = 0;
    for (int i = 0; i < BYTES_MAX; i++) {
      if (at >= end) {
        throw malformed("a number is cut off");
      }
      int octet = content[at++];
      value |= (octet & 0x7fL) << (7 * i);
      if (octet >= 0) {
        if (octet == 0 && i > 0) {
          throw malformed("a number is longer than it needs to be");
        }
        return value;
      }
    }
    throw malformed("a number is too long");
  }

  /** A number of at most {@code limit}. */
  public int next(int limit, String what) throws DeltaRefusal {
    long value = next();
    if (value > limit) {
      throw malformed(what + " is " + value + ", more than " + limit);
    }
    return (int) value;
  }

  /** A number with a sign, folded so that small ones stay small. */
  public long signed() throws DeltaRefusal {
    long folded = next();
    return (folded >>> 1) ^ -(folded & 1);
  }

  /** Writes what {@link #next} reads. */
  public static void write(ByteArrayOutputStream out, long value) {
    long left = value;
    for (; left >>> 7 != 0; left >>>= 7) {
      out.write((int) ((left & 0x7f) | 0x80));
    }
    out.write((int) left);
  }

  /** Writes what {@link #signed} reads. */
  public static void writeSigned(ByteArrayOutputStream out, long value) {
    write(out, (value << 1) ^ (value >> 63));
  }

  static DeltaRefusal malformed(String detail) {
    return new DeltaRefusal(Reason.MALFORMED, "section: " + detail);
  }
}
