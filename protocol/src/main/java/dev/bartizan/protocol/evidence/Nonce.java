// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.evidence;

import dev.bartizan.crypto.Bytes;
import java.util.HexFormat;

/**
 * A verifier's fresh question: evidence that repeats it was made after it was asked.
 *
 * @param value 8 to 64 bytes, as RFC 9711 allows
 */
public record Nonce(Bytes value) {
  private static final int MIN = 8;
  private static final int MAX = 64;

  public Nonce {
    if (value.length() < MIN || value.length() > MAX) {
      throw new IllegalArgumentException("a nonce has 8 to 64 bytes, not " + value.length());
    }
  }

  /**
   * Parses hexadecimal, as command lines carry it.
   *
   * @throws IllegalArgumentException when it is anything else
   */
  public static Nonce ofHex(String hex) {
    if (hex.length() > 2 * MAX) {
      throw new IllegalArgumentException("a nonce has 8 to 64 bytes");
    }
    return new Nonce(Bytes.of(HexFormat.of().parseHex(hex)));
  }

  public String hex() {
    return value.hex();
  }

  @Override
  public String toString() {
    return hex();
  }
}
