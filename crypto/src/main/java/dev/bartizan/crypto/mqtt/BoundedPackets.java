// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.mqtt;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * A stream of MQTT packets, none longer than a limit (MQTT 3.1.1, 2.2). Libraries make room for a
 * packet as soon as they know its length, and the length is the peer's word: up to 256 MiB for five
 * bytes.
 */
final class BoundedPackets extends FilterInputStream {
  /** Seven bits of the remaining length in each byte, at most four bytes. */
  private static final int MORE = 0x80;

  private static final int BITS = 7;
  private static final int MAX_LENGTH_BYTES = 4;

  private final int limit;

  /** Of the packet's body: still to come, once the header is complete. */
  private long body;

  private int lengthBytes;
  private boolean inHeader;

  /**
   * @param limit the most bytes after the fixed header
   */
  BoundedPackets(InputStream in, int limit) {
    super(in);
    this.limit = limit;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    int count = read(one, 0, 1);
    return count < 0 ? count : one[0] & 0xff;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    int count = in.read(buffer, offset, length);
    for (int at = 0; at < count; ) {
      at += pass(buffer[offset + at], count - at);
    }
    return count;
  }

  @Override
  public long skip(long length) {
    // What is skipped is not looked at.
    return 0;
  }

  @Override
  public boolean markSupported() {
    return false;
  }

  /** Takes note of the next byte, or of as much of the body as is here; how much that was. */
  private int pass(byte next, int here) throws IOException {
    if (inHeader) {
      length(next);
      return 1;
    }
    if (body > 0) {
      int taken = (int) Math.min(body, here);
      body -= taken;
      return taken;
    }
    inHeader = true;
    lengthBytes = 0;
    return 1;
  }

  private void length(byte next) throws IOException {
    body |= (long) (next & (MORE - 1)) << (BITS * lengthBytes);
    lengthBytes++;
    if (body > limit) {
      throw new PacketTooLarge(body, limit);
    }
    if ((next & MORE) == 0) {
      inHeader = false;
    } else if (lengthBytes == MAX_LENGTH_BYTES) {
      throw new IOException("the broker sent a length of more than four bytes");
    }
  }
}
