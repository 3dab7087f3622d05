// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.serve.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** The chunked transfer coding (RFC 9112, 7.1) of an answer that is here as it came. */
final class Chunks {
  private static final int LONGEST_SIZE = 8;

  private Chunks() {}

  /**
   * The body.
   *
   * @throws IOException when it was cut off before its last chunk
   */
  static byte[] decode(byte[] chunked) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    int at = 0;
    while (true) {
      int end = lineEnd(chunked, at);
      int size = size(new String(chunked, at, end - at, StandardCharsets.US_ASCII));
      at = end + 2;
      if (size == 0) {
        return body.toByteArray();
      }
      if (size > chunked.length - at - 2) {
        throw cutOff();
      }
      body.write(chunked, at, size);
      at += size + 2;
    }
  }

  private static int lineEnd(byte[] bytes, int from) throws IOException {
    for (int i = from; i + 1 < bytes.length && i - from <= LONGEST_SIZE; i++) {
      if (bytes[i] == '\r' && bytes[i + 1] == '\n') {
        return i;
      }
    }
    throw cutOff();
  }

  private static int size(String hex) throws IOException {
    try {
      return Integer.parseUnsignedInt(hex, 16) & Integer.MAX_VALUE;
    } catch (NumberFormatException none) {
      throw new IOException("a chunk of the daemon's answer has no size", none);
    }
  }

  private static IOException cutOff() {
    return new IOException("the daemon's answer was cut off");
  }
}
