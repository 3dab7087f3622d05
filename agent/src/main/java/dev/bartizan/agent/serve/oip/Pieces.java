// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.serve.oip;

import dev.bartizan.agent.serve.http.CallRefusal;
import dev.bartizan.agent.serve.http.MemoryShare;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes an answer into pieces: it grows without copying, each piece reserved before it is made.
 */
final class Pieces extends OutputStream {
  private static final int SMALLEST = 1 << 10;
  private static final int LARGEST = 64 << 10;

  private final MemoryShare memory;
  private final List<ByteBuffer> pieces = new ArrayList<>();
  private ByteBuffer last = ByteBuffer.allocate(0);
  private long length;

  /** There is no room for more. */
  static final class NoRoom extends IOException {
    private static final long serialVersionUID = 1L;

    private final CallRefusal refusal;

    NoRoom(CallRefusal refusal) {
      super(refusal);
      this.refusal = refusal;
    }

    CallRefusal refusal() {
      return refusal;
    }
  }

  Pieces(MemoryShare memory) {
    this.memory = memory;
  }

  long length() {
    return length;
  }

  /** What was written. */
  List<ByteBuffer> pieces() {
    return pieces.stream().map(piece -> piece.duplicate().flip()).toList();
  }

  @Override
  public void write(int one) throws IOException {
    write(new byte[] {(byte) one}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int count) throws IOException {
    try {
      put(ByteBuffer.wrap(bytes, offset, count));
    } catch (CallRefusal full) {
      throw new NoRoom(full);
    }
  }

  /** Writes all that {@code bytes} has. */
  void put(ByteBuffer bytes) throws CallRefusal {
    length += bytes.remaining();
    while (bytes.hasRemaining()) {
      if (!last.hasRemaining()) {
        int room = Math.max(SMALLEST, Math.min(LARGEST, bytes.remaining()));
        room = Math.max(room, Math.min(LARGEST, 2 * last.capacity()));
        memory.reserve(room);
        last = ByteBuffer.allocate(room);
        pieces.add(last);
      }
      int part = Math.min(last.remaining(), bytes.remaining());
      last.put(bytes.slice(bytes.position(), part));
      bytes.position(bytes.position() + part);
    }
  }
}
