// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.serve.http;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A request's body as it came, in segments: it grows without copying, and what was read is given
 * back while the rest is still being read. For one thread at a time.
 */
public final class Body {
  static final int SEGMENT = 64 << 10;

  private final MemoryShare memory;
  private final long limit;

  /** Null where a segment was given back. */
  private final List<byte @Nullable []> segments = new ArrayList<>();

  private long length;
  private int released;
  private long kept = Long.MAX_VALUE;

  /**
   * @param limit the most bytes it may have
   */
  public Body(MemoryShare memory, long limit) {
    this.memory = memory;
    this.limit = limit;
  }

  public long length() {
    return length;
  }

  /** Takes all that {@code bytes} has. */
  public void append(ByteBuffer bytes) throws CallRefusal {
    if (bytes.remaining() > limit - length) {
      throw CallRefusal.tooLarge(limit);
    }
    while (bytes.hasRemaining()) {
      int place = (int) (length % SEGMENT);
      if (place == 0) {
        memory.reserve(SEGMENT);
        segments.add(new byte[SEGMENT]);
      }
      int part = Math.min(bytes.remaining(), SEGMENT - place);
      bytes.get(segment(segments.size() - 1), place, part);
      length += part;
    }
  }

  /** Reads again from {@code from} to {@code to}; what was given back must not lie there. */
  public InputStream stream(long from, long to) {
    return new Reading(from, to, false);
  }

  /** The same, giving back what lies well behind: a segment is kept until the next one is read. */
  public InputStream consume(long from, long to) {
    return new Reading(from, to, true);
  }

  /** Keeps what comes from here on, because it will be read again. */
  public void keepFrom(long position) {
    kept = Math.min(kept, position);
  }

  /** What comes from here on need not be kept any more. */
  public void keepNothing() {
    kept = Long.MAX_VALUE;
  }

  /** Fills {@code target} with what stands from {@code position} on. */
  public void copy(long position, ByteBuffer target) {
    long at = position;
    while (target.hasRemaining()) {
      int place = (int) (at % SEGMENT);
      int part = Math.min(target.remaining(), SEGMENT - place);
      target.put(segment((int) (at / SEGMENT)), place, part);
      at += part;
    }
  }

  /** Gives back what lies before {@code position}, as far as nobody keeps it. */
  public void release(long position) {
    int end = (int) (Math.min(position, kept) / SEGMENT);
    for (; released < end; released++) {
      segments.set(released, null);
      memory.giveBack(SEGMENT);
    }
  }

  private byte[] segment(int index) {
    return Objects.requireNonNull(segments.get(index), "it was given back");
  }

  /** One way through. */
  private final class Reading extends InputStream {
    private final long end;
    private final boolean consuming;
    private long position;

    Reading(long from, long to, boolean consuming) {
      this.position = from;
      this.end = Math.min(to, length);
      this.consuming = consuming;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int wanted) {
      if (position >= end) {
        return wanted == 0 ? 0 : -1;
      }
      int place = (int) (position % SEGMENT);
      int part = (int) Math.min(Math.min(wanted, SEGMENT - place), end - position);
      System.arraycopy(segment((int) (position / SEGMENT)), place, target, offset, part);
      position += part;
      if (consuming) {
        release(position - SEGMENT);
      }
      return part;
    }

    @Override
    public int available() {
      return (int) Math.min(Integer.MAX_VALUE, end - position);
    }
  }
}
