package dev.bartizan.agent.serve.oip;

import dev.bartizan.agent.serve.InferenceRefusal;
import dev.bartizan.agent.serve.InferenceRefusal.Reason;
import dev.bartizan.agent.serve.http.Call;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** One request's memory: its body as it came, and its tensors outside the heap. */
final class Workspace implements AutoCloseable {
  /** A stated length is believed so far; beyond, memory follows the bytes that really arrive. */
  private static final int BELIEVED_BYTES = 1 << 20;

  private static final int CACHE_LINE = 64;
  private static final int SMALLEST_SLAB = 4 << 10;

  private final Workspaces home;
  private final int limit;
  private byte[] body = new byte[0];
  private int length;
  private ByteBuffer slab = ByteBuffer.allocateDirect(0);
  private long tensorBytes;
  private long reserved;

  Workspace(Workspaces home, int limit) {
    this.home = home;
    this.limit = limit;
  }

  /** The bytes received, valid up to {@link #length}; not a copy. */
  byte[] body() {
    return body;
  }

  int length() {
    return length;
  }

  long reserved() {
    return reserved;
  }

  /** Reads a request's whole body. */
  void receive(Call call) throws IOException, InferenceRefusal {
    long stated = call.contentLength().orElse(0);
    if (stated > limit) {
      throw tooLarge("the body");
    }
    growBody((int) Math.min(stated, BELIEVED_BYTES) + 1);
    InputStream in = call.stream();
    for (int read = 0; read >= 0; read = in.read(body, length, body.length - length)) {
      length += read;
      if (length > limit) {
        throw tooLarge("the body");
      }
      if (length == body.length) {
        growBody(Math.min(limit + 1, 2 * length));
      }
    }
  }

  /** Room for one tensor: direct, aligned, little-endian, its content undefined. */
  ByteBuffer room(long bytes) throws InferenceRefusal {
    tensorBytes += bytes;
    if (tensorBytes > limit) {
      throw tooLarge("the tensors");
    }
    int start = align(slab.position());
    if (start + bytes > slab.capacity()) {
      newSlab(
          (int) Math.max(Math.max(bytes, SMALLEST_SLAB), Math.min(limit, 2L * slab.capacity())));
      start = 0;
    }
    slab.position(start + (int) bytes);
    return slab.slice(start, (int) bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Gives the memory back. Nobody uses a tensor that was made in it from here on. */
  @Override
  public void close() {
    length = 0;
    tensorBytes = 0;
    slab.clear();
    home.giveBack(this);
  }

  private void growBody(int capacity) throws InferenceRefusal {
    if (capacity > body.length) {
      reserve(capacity - body.length);
      body = Arrays.copyOf(body, capacity);
    }
  }

  /** Slices of the old slab keep it alive while the request needs them. */
  private void newSlab(int capacity) throws InferenceRefusal {
    int room = align(capacity) + CACHE_LINE; // aligning loses up to a line at either end
    reserve(room);
    slab = ByteBuffer.allocateDirect(room).alignedSlice(CACHE_LINE);
  }

  private void reserve(long bytes) throws InferenceRefusal {
    home.reserve(bytes);
    reserved += bytes;
  }

  private static int align(int position) {
    return (position + CACHE_LINE - 1) & -CACHE_LINE;
  }

  private InferenceRefusal tooLarge(String what) {
    return new InferenceRefusal(Reason.TOO_LARGE, what + " may have " + limit + " bytes, not more");
  }
}
