// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.eventlog;

import java.util.Arrays;

/**
 * The bytes of a log and a position in them. Whoever reads asks first what {@link #remaining} is:
 * reading more is a bug, not a refusal.
 */
final class LogBytes {
  private final byte[] content;
  private int position;

  LogBytes(byte[] content) {
    this.content = content;
  }

  int remaining() {
    return content.length - position;
  }

  int position() {
    return position;
  }

  void moveTo(int place) {
    position = place;
  }

  int u8() {
    return content[position++] & 0xff;
  }

  /** 16 bits, little-endian, as everything here that does not say otherwise. */
  int u16() {
    return u8() | u8() << 8;
  }

  /** 32 bits as they are; negative when the top bit is set. */
  int s32() {
    return u16() | u16() << 16;
  }

  long u32() {
    return s32() & 0xffff_ffffL;
  }

  /** 64 bits as they are; negative when the top bit is set. */
  long u64() {
    return u32() | u32() << 32;
  }

  /** 32 bits, big-endian. */
  long u32BigEndian() {
    return Integer.reverseBytes(s32()) & 0xffff_ffffL;
  }

  /** 64 bits, big-endian. */
  long u64BigEndian() {
    return Long.reverseBytes(u64());
  }

  byte[] bytes(int length) {
    byte[] taken = Arrays.copyOfRange(content, position, position + length);
    position += length;
    return taken;
  }

  /** Whether nothing but zeros is left, in the next {@code length} bytes or to the end. */
  boolean isZero(int length) {
    int end = position + Math.min(length, remaining());
    for (int at = position; at < end; at++) {
      if (content[at] != 0) {
        return false;
      }
    }
    return true;
  }
}
