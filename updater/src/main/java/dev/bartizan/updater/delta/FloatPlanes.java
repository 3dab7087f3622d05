package dev.bartizan.updater.delta;

import dev.bartizan.updater.delta.DeltaRefusal.Reason;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Rebuilds a stretch of 32-bit little-endian floats from how far each moved.
 *
 * <p>A gradient step moves a weight by a few units in its last place, but XOR or subtraction of the
 * raw bits scatters that over the word. So both words are first mapped to integers in the order of
 * the numbers they stand for; their difference is small where the step was small. Zigzag makes it
 * unsigned; the four bytes of all differences are stored in a plane each, where the upper planes
 * are nearly constant.
 *
 * <p>Tensors start at any offset of a file, so the stretch is a sequence of runs: some single bytes
 * (stored as their difference to the base), then some whole words.
 *
 * <pre>
 * payload   runs       4     how many
 *           run        8     bytes (4), then words (4), of each
 *           stream     5 times: length (4) and a zstd frame: the bytes, then the planes from the lowest
 * </pre>
 *
 * <p>The runs cover the stretch exactly. The base window is as long as the stretch or shorter; what
 * it lacks counts as zero.
 */
public final class FloatPlanes {
  public static final int PLANES = 4;

  /** Little-endian words at any position of a byte array. */
  public static final VarHandle WORDS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private FloatPlanes() {}

  /** The distance from {@code base} to {@code word} in the order of floats, zigzag-coded. */
  public static int distance(int base, int word) {
    int moved = ordered(word) - ordered(base);
    return (moved << 1) ^ (moved >> 31);
  }

  /** The word at {@code distance} from {@code base}: the inverse of {@link #distance}. */
  public static int moved(int base, int distance) {
    int moved = (distance >>> 1) ^ -(distance & 1);
    return ordered(ordered(base) + moved);
  }

  /**
   * Maps the bits of a float, sign and magnitude, to integers that compare like the floats; its own
   * inverse. Neighbouring floats are 1 apart.
   */
  private static int ordered(int bits) {
    return bits ^ ((bits >> 31) & Integer.MAX_VALUE);
  }

  /** Fills {@code result} up to {@code length}. */
  static void decode(ByteBuffer payload, byte[] base, byte[] result, int length, Zstd zstd)
      throws DeltaRefusal {
    int[] runs = readRuns(payload, length);
    int words = 0;
    for (int i = 1; i < runs.length; i += 2) {
      words += runs[i];
    }
    byte[] bytes = stream(payload, length - words * Integer.BYTES, zstd);
    byte[][] planes = new byte[PLANES][];
    for (int i = 0; i < PLANES; i++) {
      planes[i] = stream(payload, words, zstd);
    }
    if (payload.hasRemaining()) {
      throw malformed("bytes after the last plane");
    }
    byte[] padded = base.length < length ? Arrays.copyOf(base, length) : base;
    rebuild(runs, bytes, planes, padded, result);
  }

  private static int[] readRuns(ByteBuffer payload, int length) throws DeltaRefusal {
    int count = payload.remaining() < Integer.BYTES ? -1 : payload.getInt();
    if (count < 0 || count > payload.remaining() / (2 * Integer.BYTES)) {
      throw malformed("the number of runs");
    }
    int[] runs = new int[2 * count];
    long covered = 0;
    for (int i = 0; i < runs.length; i++) {
      runs[i] = payload.getInt();
      covered += Integer.toUnsignedLong(runs[i]) * (i % 2 == 0 ? 1 : Integer.BYTES);
      if (covered > length) {
        throw malformed("its runs are longer than the section");
      }
    }
    if (covered != length) {
      throw malformed("its runs are shorter than the section");
    }
    return runs;
  }

  private static byte[] stream(ByteBuffer payload, int length, Zstd zstd) throws DeltaRefusal {
    int packed = payload.remaining() < Integer.BYTES ? -1 : payload.getInt();
    if (packed < 0 || packed > payload.remaining()) {
      throw malformed("the length of a plane");
    }
    byte[] unpacked = new byte[length];
    int start = payload.arrayOffset() + payload.position();
    zstd.unpack(payload.array(), start, packed, unpacked, length);
    payload.position(payload.position() + packed);
    return unpacked;
  }

  private static void rebuild(
      int[] runs, byte[] bytes, byte[][] planes, byte[] base, byte[] result) {
    int at = 0;
    int nextByte = 0;
    int nextWord = 0;
    for (int run = 0; run < runs.length; run += 2) {
      for (int end = at + runs[run]; at < end; at++) {
        result[at] = (byte) (base[at] + bytes[nextByte++]);
      }
      for (int left = runs[run + 1]; left > 0; left--, at += Integer.BYTES) {
        int distance = gather(planes, nextWord++);
        WORDS.set(result, at, moved((int) WORDS.get(base, at), distance));
      }
    }
  }

  private static int gather(byte[][] planes, int word) {
    return (planes[0][word] & 0xff)
        | (planes[1][word] & 0xff) << 8
        | (planes[2][word] & 0xff) << 16
        | (planes[3][word] & 0xff) << 24;
  }

  private static DeltaRefusal malformed(String detail) {
    return new DeltaRefusal(Reason.MALFORMED, "float planes: " + detail);
  }
}
