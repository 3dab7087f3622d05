// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.tuf;

import java.math.BigInteger;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;

/**
 * The one DER form of an ECDSA signature. The platform also takes others, so without this check
 * anybody could make a second valid signature out of a first.
 */
final class StrictDer {
  private static final int SEQUENCE = 0x30;
  private static final int INTEGER = 0x02;

  private StrictDer() {}

  /** Whether {@code der} is a SEQUENCE of two minimal INTEGERs between 1 and {@code order} - 1. */
  static boolean isSignature(byte[] der, BigInteger order) {
    ByteBuffer rest = ByteBuffer.wrap(der);
    try {
      return rest.get() == SEQUENCE
          && length(rest) == rest.remaining()
          && isScalar(rest, order)
          && isScalar(rest, order)
          && !rest.hasRemaining();
    } catch (BufferUnderflowException truncated) {
      return false;
    }
  }

  /** Short form only: two integers of up to 49 bytes never need the long one. */
  private static int length(ByteBuffer rest) {
    return rest.get();
  }

  private static boolean isScalar(ByteBuffer rest, BigInteger order) {
    if (rest.get() != INTEGER) {
      return false;
    }
    int length = length(rest);
    if (length < 1 || length > rest.remaining()) {
      return false;
    }
    byte[] digits = new byte[length];
    rest.get(digits);
    BigInteger value = new BigInteger(digits);
    return value.toByteArray().length == length && value.signum() > 0 && value.compareTo(order) < 0;
  }
}
