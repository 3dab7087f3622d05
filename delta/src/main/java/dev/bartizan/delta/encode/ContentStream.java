// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.delta.encode;

import dev.bartizan.delta.format.KnownContent;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/** Content from its start as a stream that skips without reading. */
public final class ContentStream extends InputStream {
  private final KnownContent content;
  private long position;

  public ContentStream(KnownContent content) {
    this.content = content;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    int count = (int) Math.min(length, content.length() - position);
    if (count == 0) {
      return length == 0 ? 0 : -1;
    }
    content.read(position, ByteBuffer.wrap(target, offset, count));
    position += count;
    return count;
  }

  @Override
  public long skip(long count) {
    long skipped = Math.max(0, Math.min(count, content.length() - position));
    position += skipped;
    return skipped;
  }
}
