// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Where secrets lie while they are used: outside the heap, so that no garbage collector copies
 * them.
 *
 * <p>What more a memory promises (locked, left out of dumps, hidden from the kernel) is up to who
 * hands it in.
 */
@FunctionalInterface
public interface SecretMemory {
  /** A piece of memory that is zero when it is handed out, and zero after {@link #close}. */
  interface Region extends AutoCloseable {
    /**
     * The whole of it, big-endian, from 0 to its length; direct. Whoever still holds it after
     * {@link #close} sees zeros.
     */
    ByteBuffer bytes();

    @Override
    void close();
  }

  /**
   * @throws IOException when there is no such memory for that many bytes; names the limit to raise
   */
  Region allocate(int length) throws IOException;

  /** Memory of the process like any other, for programs that guard nothing on a device. */
  static OrdinaryMemory ordinary() {
    return OrdinaryMemory.INSTANCE;
  }
}
