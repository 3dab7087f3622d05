// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.delta.format;

import dev.bartizan.crypto.Digest;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Random access to content whose SHA-256 is known: the base of a delta.
 *
 * <p>Whoever implements this vouches for the digest. A store that has just opened verified content
 * need not hash it again.
 */
public interface KnownContent {
  long length();

  Digest digest();

  /**
   * Fills {@code target} with the bytes from {@code position} on.
   *
   * @throws EOFException when the content ends before
   */
  void read(long position, ByteBuffer target) throws IOException;

  /** The bytes from {@code position} on, as many as {@code length}. */
  default byte[] read(long position, int length) throws IOException {
    byte[] bytes = new byte[length];
    read(position, ByteBuffer.wrap(bytes));
    return bytes;
  }

  /** The rest of {@code memory}, hashed here; changing it later breaks the promise. */
  static KnownContent of(ByteBuffer memory) {
    ByteBuffer content = memory.slice();
    Digest digest = Digest.of(content.duplicate());
    return new KnownContent() {
      @Override
      public long length() {
        return content.capacity();
      }

      @Override
      public Digest digest() {
        return digest;
      }

      @Override
      public void read(long position, ByteBuffer target) throws IOException {
        if (position < 0 || position + target.remaining() > length()) {
          throw new EOFException("no bytes at " + position + " of " + length());
        }
        target.put(content.slice((int) position, target.remaining()));
      }
    };
  }
}
