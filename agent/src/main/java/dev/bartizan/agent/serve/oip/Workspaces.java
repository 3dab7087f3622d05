// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.serve.oip;

import dev.bartizan.agent.serve.http.CallRefusal;
import dev.bartizan.agent.serve.http.MemoryShare;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;

/** Memory for tensors, used again and again: a request costs no garbage to speak of. */
final class Workspaces {
  /** What may lie idle altogether; larger memory was for a rare request. */
  private static final int KEEP_BYTES = 8 << 20;

  private final Deque<ByteBuffer> idle = new ArrayDeque<>();
  private long idleBytes;

  /** The memory used last, which is still in the caches, or new memory. */
  Workspace borrow(MemoryShare memory) throws CallRefusal {
    return new Workspace(this, memory, last());
  }

  private synchronized ByteBuffer last() {
    ByteBuffer last = idle.pollFirst();
    if (last == null) {
      return ByteBuffer.allocateDirect(0);
    }
    idleBytes -= last.capacity();
    return last;
  }

  synchronized void giveBack(ByteBuffer slab) {
    if (slab.capacity() <= KEEP_BYTES - idleBytes) {
      idle.addFirst(slab);
      idleBytes += slab.capacity();
    }
  }
}
