// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto;

import java.nio.ByteBuffer;

/** Direct buffers, zeroed when they are closed; neither locked nor left out of dumps. */
public final class OrdinaryMemory implements SecretMemory {
  static final OrdinaryMemory INSTANCE = new OrdinaryMemory();

  private OrdinaryMemory() {}

  @Override
  public Region allocate(int length) {
    ByteBuffer memory = ByteBuffer.allocateDirect(length);
    return new Region() {
      @Override
      public ByteBuffer bytes() {
        return memory.duplicate().clear();
      }

      @Override
      public void close() {
        wipe(memory);
      }
    };
  }

  private static void wipe(ByteBuffer memory) {
    int words = memory.capacity() / Long.BYTES * Long.BYTES;
    for (int at = 0; at < words; at += Long.BYTES) {
      memory.putLong(at, 0);
    }
    for (int at = words; at < memory.capacity(); at++) {
      memory.put(at, (byte) 0);
    }
  }
}
