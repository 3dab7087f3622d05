// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.models;

import dev.bartizan.crypto.SecretMemory;
import java.nio.ByteBuffer;

/** Plain weights outside the heap; zero after {@link #close}. */
public final class Weights implements AutoCloseable {
  private final SecretMemory.Region memory;
  private final int length;

  Weights(SecretMemory.Region memory, int length) {
    this.memory = memory;
    this.length = length;
  }

  /** The whole plaintext, from position 0 to its end. */
  public ByteBuffer content() {
    return memory.bytes().limit(length);
  }

  /** Overwrites the plaintext; who still holds {@link #content} sees zeros. */
  @Override
  public void close() {
    memory.close();
  }

  @Override
  public String toString() {
    return "weights of " + length + " bytes";
  }
}
