// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.envelope;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Bytes that can be read at any position, from several threads at once. */
public interface ByteSource {
  /** The number of bytes. */
  long size() throws IOException;

  /** Reads at {@code position} until {@code target} is full or the bytes end; returns how many. */
  int read(long position, ByteBuffer target) throws IOException;

  /** The bytes of an array, which is not copied. */
  static ByteSource of(byte[] content) {
    return new ByteSource() {
      @Override
      public long size() {
        return content.length;
      }

      @Override
      public int read(long position, ByteBuffer target) {
        if (position >= content.length) {
          return 0;
        }
        int count = (int) Math.min(content.length - position, target.remaining());
        target.put(content, (int) position, count);
        return count;
      }
    };
  }
}
