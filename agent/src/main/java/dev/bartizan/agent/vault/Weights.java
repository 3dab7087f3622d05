package dev.bartizan.agent.vault;

import java.nio.ByteBuffer;

/** Plain weights outside the heap; zero after {@link #close}. */
public final class Weights implements AutoCloseable {
  private static final int WORD = Long.BYTES;

  private final ByteBuffer memory;

  Weights(int length) {
    this.memory = ByteBuffer.allocateDirect(length);
  }

  /** The whole plaintext, from position 0 to its end. */
  public ByteBuffer content() {
    return memory.duplicate().order(memory.order()).clear();
  }

  /** Overwrites the plaintext; who still holds {@link #content} sees zeros. */
  @Override
  public void close() {
    int words = memory.capacity() / WORD * WORD;
    for (int at = 0; at < words; at += WORD) {
      memory.putLong(at, 0);
    }
    for (int at = words; at < memory.capacity(); at++) {
      memory.put(at, (byte) 0);
    }
  }

  @Override
  public String toString() {
    return "weights of " + memory.capacity() + " bytes";
  }
}
