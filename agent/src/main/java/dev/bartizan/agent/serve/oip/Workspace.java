// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.serve.oip;

import dev.bartizan.agent.serve.http.CallRefusal;
import dev.bartizan.agent.serve.http.MemoryShare;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** One request's tensors, outside the heap. What it takes is reserved before it is taken. */
final class Workspace implements AutoCloseable {
  private static final int CACHE_LINE = 64;
  private static final int SMALLEST_SLAB = 4 << 10;
  private static final long LARGEST_SLAB = Integer.MAX_VALUE - 2L * CACHE_LINE;

  private final Workspaces home;
  private final MemoryShare memory;
  private ByteBuffer slab;

  /**
   * @param slab used before, and reserved by nobody while it lay idle
   */
  Workspace(Workspaces home, MemoryShare memory, ByteBuffer slab) throws CallRefusal {
    this.home = home;
    this.memory = memory;
    this.slab = slab;
    memory.reserve(slab.capacity());
  }

  /** Room for one tensor: direct, aligned, little-endian, its content undefined. */
  ByteBuffer room(long bytes) throws CallRefusal {
    if (bytes > LARGEST_SLAB) {
      throw CallRefusal.tooLarge(LARGEST_SLAB);
    }
    long start = align(slab.position());
    if (start + bytes > slab.capacity()) {
      newSlab(Math.max(bytes, SMALLEST_SLAB));
      start = 0;
    }
    slab.position((int) (start + bytes));
    return slab.slice((int) start, (int) bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** What this request may still take. */
  MemoryShare memory() {
    return memory;
  }

  /** Gives the memory back. Nobody uses a tensor that was made in it from here on. */
  @Override
  public void close() {
    home.giveBack(slab.clear());
  }

  /** Slices of the old slab keep it alive while the request needs them. */
  private void newSlab(long capacity) throws CallRefusal {
    long room = align(capacity) + CACHE_LINE; // aligning loses up to a line
    memory.reserve(room);
    slab = ByteBuffer.allocateDirect((int) room).alignedSlice(CACHE_LINE);
  }

  private static long align(long position) {
    return (position + CACHE_LINE - 1) & -CACHE_LINE;
  }
}
