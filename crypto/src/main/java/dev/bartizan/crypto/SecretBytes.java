// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A secret outside the Java heap, where no garbage collector copies it, zeroed on {@link #close}.
 *
 * <p>Every place that touches the plain bytes calls {@link #reveal} or {@link #lend}: one text
 * search finds them all. Only {@code lend} keeps them off the heap.
 */
public final class SecretBytes implements AutoCloseable {
  private final SecretMemory memory;
  private final SecretMemory.Region region;
  private final int length;
  private boolean closed;

  private SecretBytes(SecretMemory memory, SecretMemory.Region region, int length) {
    this.memory = memory;
    this.region = region;
    this.length = length;
  }

  /** Moves {@code secret} in: the array is zeroed before this returns. */
  public static SecretBytes take(byte[] secret) {
    SecretMemory.Region region = SecretMemory.ordinary().allocate(secret.length);
    region.bytes().put(0, secret);
    Arrays.fill(secret, (byte) 0);
    return new SecretBytes(SecretMemory.ordinary(), region, secret.length);
  }

  /**
   * A secret that {@code fill} writes where it will lie.
   *
   * @throws IOException when there is no memory for it
   */
  public static SecretBytes fill(SecretMemory memory, int length, Consumer<ByteBuffer> fill)
      throws IOException {
    SecretMemory.Region region = memory.allocate(length);
    try {
      fill.accept(region.bytes().limit(length));
      return new SecretBytes(memory, region, length);
    } catch (RuntimeException bug) {
      region.close();
      throw bug;
    }
  }

  /** Another secret in the same kind of memory. */
  public SecretBytes beside(int otherLength, Consumer<ByteBuffer> fill) throws IOException {
    return fill(memory, otherLength, fill);
  }

  /** Memory of the same kind. */
  public SecretMemory memory() {
    return memory;
  }

  public int length() {
    return length;
  }

  /**
   * Lends the plain bytes to {@code use}, for the time of the call only; the array is zeroed
   * afterwards. A garbage collection in that time may leave a copy: prefer {@link #lend}.
   */
  public synchronized <T> T reveal(Function<byte[], T> use) {
    requireOpen();
    byte[] plain = new byte[length];
    try {
      region.bytes().get(0, plain);
      return use.apply(plain);
    } finally {
      Arrays.fill(plain, (byte) 0);
    }
  }

  /** Lends the memory itself to {@code use}, for the time of the call only. */
  public synchronized <T> T lend(Function<ByteBuffer, T> use) {
    requireOpen();
    return use.apply(region.bytes().limit(length).slice());
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("this secret has been wiped");
    }
  }

  @Override
  public synchronized void close() {
    region.close();
    closed = true;
  }

  @Override
  public String toString() {
    return "secret of " + length + " bytes";
  }
}
