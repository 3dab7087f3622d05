// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.delta.encode;

import dev.bartizan.delta.format.KnownContent;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Single bytes of a content, read by the page; a few of them are kept. */
final class Pages {
  private static final int SHIFT = 18;
  private static final int SIZE = 1 << SHIFT;
  private static final int KEPT = 8;

  private final KnownContent content;
  private final byte[][] pages = new byte[KEPT][];
  private final long[] numbers = new long[KEPT];
  private byte[] current = new byte[0];
  private long currentNumber = -1;

  Pages(KnownContent content) {
    this.content = content;
    java.util.Arrays.fill(numbers, -1);
  }

  long length() {
    return content.length();
  }

  byte at(long position) throws IOException {
    long number = position >> SHIFT;
    if (number != currentNumber) {
      turnTo(number);
    }
    return current[(int) position & (SIZE - 1)];
  }

  private void turnTo(long number) throws IOException {
    int place = (int) (number % KEPT);
    if (numbers[place] != number) {
      byte[] page = new byte[(int) Math.min(SIZE, content.length() - (number << SHIFT))];
      content.read(number << SHIFT, ByteBuffer.wrap(page));
      pages[place] = page;
      numbers[place] = number;
    }
    current = pages[place];
    currentNumber = number;
  }
}
