// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.offheap;

import java.nio.ByteBuffer;

/** HKDF-Expand (RFC 5869, 2.3) with HMAC-SHA-512, for keys that must not touch the heap. */
public final class HkdfSha512 {
  /** Bytes of working memory. */
  public static final int WORKSPACE = Sha512.WORKSPACE + 2 * Sha512.LENGTH;

  private static final byte INNER = 0x36;
  private static final byte OUTER = 0x5c;

  private final ByteBuffer key;
  private final Sha512 sha512;
  private final ByteBuffer inner;
  private final ByteBuffer block;

  /**
   * @param key the pseudo-random key, at most 128 bytes
   * @param workspace {@link #WORKSPACE} bytes, big-endian; whoever lent it wipes it
   */
  public HkdfSha512(ByteBuffer key, ByteBuffer workspace) {
    if (key.remaining() > Sha512.BLOCK) {
      throw new IllegalArgumentException("a key of more than a block is hashed first");
    }
    this.key = key;
    this.sha512 = new Sha512(workspace);
    this.inner = workspace.slice(Sha512.WORKSPACE, Sha512.LENGTH);
    this.block = workspace.slice(Sha512.WORKSPACE + Sha512.LENGTH, Sha512.LENGTH);
  }

  /** Fills {@code target} from its position to its limit. */
  public void expand(byte[] info, ByteBuffer target) {
    ByteBuffer said = ByteBuffer.wrap(info);
    ByteBuffer before = block.duplicate().limit(0);
    int at = target.position();
    for (byte counter = 1; at < target.limit(); counter++) {
      pad(INNER);
      sha512.update(before);
      sha512.update(said);
      sha512.update(counter);
      sha512.finish(inner);
      pad(OUTER);
      sha512.update(inner);
      sha512.finish(block);
      before = block;
      int count = Math.min(Sha512.LENGTH, target.limit() - at);
      target.put(at, block, 0, count);
      at += count;
    }
  }

  private void pad(byte with) {
    sha512.begin();
    for (int i = 0; i < Sha512.BLOCK; i++) {
      byte own = i < key.remaining() ? key.get(key.position() + i) : 0;
      sha512.update((byte) (own ^ with));
    }
  }
}
