package dev.bartizan.fleet.delta;

import dev.bartizan.updater.delta.FloatPlanes;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/** Writes the payload that {@link FloatPlanes} reads. */
final class FloatPlaneWriter {
  private FloatPlaneWriter() {}

  static byte[] encode(Window window, byte[] stretch, FrameWriter frames) {
    byte[] base = Arrays.copyOf(window.content(), stretch.length);
    List<FloatRuns.Run> runs = FloatRuns.find(base, stretch);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(number(runs.size()));
    for (FloatRuns.Run run : runs) {
      out.writeBytes(number(run.bytes()));
      out.writeBytes(number(run.words()));
    }
    for (byte[] stream : streams(runs, base, stretch)) {
      byte[] frame = frames.compress(stream);
      out.writeBytes(number(frame.length));
      out.writeBytes(frame);
    }
    return out.toByteArray();
  }

  /** The single bytes, then the planes from the lowest. */
  private static byte[][] streams(List<FloatRuns.Run> runs, byte[] base, byte[] stretch) {
    int words = runs.stream().mapToInt(FloatRuns.Run::words).sum();
    byte[] bytes = new byte[stretch.length - words * Integer.BYTES];
    byte[][] planes = new byte[FloatPlanes.PLANES][words];
    int at = 0;
    int nextByte = 0;
    int nextWord = 0;
    for (FloatRuns.Run run : runs) {
      for (int end = at + run.bytes(); at < end; at++) {
        bytes[nextByte++] = (byte) (stretch[at] - base[at]);
      }
      for (int left = run.words(); left > 0; left--, at += Integer.BYTES) {
        scatter(FloatRuns.distance(base, stretch, at), planes, nextWord++);
      }
    }
    return new byte[][] {bytes, planes[0], planes[1], planes[2], planes[3]};
  }

  private static void scatter(int distance, byte[][] planes, int word) {
    for (int plane = 0; plane < FloatPlanes.PLANES; plane++) {
      planes[plane][word] = (byte) (distance >>> (8 * plane));
    }
  }

  private static byte[] number(int value) {
    return ByteBuffer.allocate(Integer.BYTES).putInt(value).array();
  }
}
