// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.tpm;

import java.util.Arrays;

/** Reads big-endian TPM structures from bytes that somebody else wrote. */
final class TpmReader {
  private final byte[] content;
  private int position;

  TpmReader(byte[] content) {
    this.content = content;
  }

  int u8() throws TpmRefusal {
    return content[advance(1)] & 0xff;
  }

  int u16() throws TpmRefusal {
    return u8() << 8 | u8();
  }

  /** 32 bits as they are; negative when the top bit is set. */
  int u32() throws TpmRefusal {
    return u16() << 16 | u16();
  }

  long u64() throws TpmRefusal {
    return (long) u32() << 32 | (u32() & 0xffff_ffffL);
  }

  byte[] bytes(int length) throws TpmRefusal {
    int start = advance(length);
    return Arrays.copyOfRange(content, start, start + length);
  }

  /** A TPM2B: two bytes of length, then at most {@code limit} bytes. */
  byte[] sized(int limit) throws TpmRefusal {
    int length = u16();
    if (length > limit) {
      throw TpmRefusal.malformed("a field of " + length + " bytes where " + limit + " may be");
    }
    return bytes(length);
  }

  /** A TPM2B of exactly {@code length} bytes. */
  byte[] exactly(int length) throws TpmRefusal {
    byte[] field = sized(length);
    if (field.length != length) {
      throw TpmRefusal.malformed(
          "a field of " + field.length + " bytes where " + length + " must be");
    }
    return field;
  }

  /** A count of 32 bits that is at most {@code limit}. */
  int count(int limit) throws TpmRefusal {
    int count = u32();
    if (count < 0 || count > limit) {
      throw TpmRefusal.malformed("a list of " + Integer.toUnsignedString(count) + " entries");
    }
    return count;
  }

  int remaining() {
    return content.length - position;
  }

  int position() {
    return position;
  }

  /** Insists that nothing is left. */
  void end() throws TpmRefusal {
    if (remaining() != 0) {
      throw TpmRefusal.malformed(remaining() + " bytes too many");
    }
  }

  private int advance(int length) throws TpmRefusal {
    if (length < 0 || length > remaining()) {
      throw TpmRefusal.malformed("ends " + (length - remaining()) + " bytes too early");
    }
    int start = position;
    position += length;
    return start;
  }
}
