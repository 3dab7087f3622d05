package dev.bartizan.crypto;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.Function;

/**
 * A secret outside the Java heap, where no garbage collector copies it, zeroed on {@link #close}.
 *
 * <p>Every place that touches the plain bytes calls {@link #reveal}: one text search finds them
 * all.
 */
public final class SecretBytes implements AutoCloseable {
  private final ByteBuffer memory;
  private boolean closed;

  private SecretBytes(ByteBuffer memory) {
    this.memory = memory;
  }

  /** Moves {@code secret} in: the array is zeroed before this returns. */
  public static SecretBytes take(byte[] secret) {
    ByteBuffer memory = ByteBuffer.allocateDirect(secret.length);
    memory.put(0, secret);
    Arrays.fill(secret, (byte) 0);
    return new SecretBytes(memory);
  }

  public int length() {
    return memory.capacity();
  }

  /**
   * Lends the plain bytes to {@code use}, for the time of the call only; the array is zeroed
   * afterwards.
   */
  public synchronized <T> T reveal(Function<byte[], T> use) {
    if (closed) {
      throw new IllegalStateException("this secret has been wiped");
    }
    byte[] plain = new byte[memory.capacity()];
    try {
      memory.get(0, plain);
      return use.apply(plain);
    } finally {
      Arrays.fill(plain, (byte) 0);
    }
  }

  @Override
  public synchronized void close() {
    for (int i = 0; i < memory.capacity(); i++) {
      memory.put(i, (byte) 0);
    }
    closed = true;
  }

  @Override
  public String toString() {
    return "secret of " + memory.capacity() + " bytes";
  }
}
