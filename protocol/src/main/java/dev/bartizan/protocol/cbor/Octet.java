// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.cbor;

import java.nio.ByteBuffer;

/** Bytes as the unsigned numbers they are. */
final class Octet {
  private Octet() {}

  /** Lexicographic. */
  static int compare(ByteBuffer one, ByteBuffer other) {
    int common = Math.min(one.remaining(), other.remaining());
    for (int i = 0; i < common; i++) {
      int difference =
          Byte.compareUnsigned(one.get(one.position() + i), other.get(other.position() + i));
      if (difference != 0) {
        return difference;
      }
    }
    return Integer.compare(one.remaining(), other.remaining());
  }
}
