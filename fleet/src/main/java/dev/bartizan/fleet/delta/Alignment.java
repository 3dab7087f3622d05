package dev.bartizan.fleet.delta;

import dev.bartizan.updater.delta.KnownContent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * A guess where the bytes of the result were in the base.
 *
 * @param shift what to add to a position in the result
 */
record Alignment(long shift) {

  /**
   * From the start of both files, and from their ends where that is not the same: an edit in one
   * place leaves the rest of the file aligned in one of the two ways.
   */
  static List<Alignment> between(KnownContent base, KnownContent result) {
    Alignment start = new Alignment(0);
    Alignment end = new Alignment(base.length() - result.length());
    return start.equals(end) ? List.of(start) : List.of(start, end);
  }

  /**
   * As much of the base as corresponds to the stretch; shorter where the base starts late or ends.
   */
  Window exact(KnownContent base, long position, int length) throws IOException {
    long start = position + shift;
    // A window that starts before the base could not be padded at its front.
    return start < 0 ? new Window(0, new byte[0]) : read(base, start, start + length);
  }

  /** Twice a section of the base, around what corresponds to the stretch. */
  Window wide(KnownContent base, long position, int length, int sectionLength) throws IOException {
    long margin = (2L * sectionLength - length) / 2;
    long start = position + shift - margin;
    return read(base, start, start + 2L * sectionLength);
  }

  private static Window read(KnownContent base, long from, long to) throws IOException {
    long start = Math.max(0, Math.min(from, base.length()));
    long end = Math.max(start, Math.min(to, base.length()));
    byte[] content = new byte[(int) (end - start)];
    base.read(start, ByteBuffer.wrap(content));
    return new Window(start, content);
  }
}
