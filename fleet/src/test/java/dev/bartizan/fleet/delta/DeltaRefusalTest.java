package dev.bartizan.fleet.delta;

import static dev.bartizan.fleet.delta.DeltaTrial.noise;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.crypto.Digest;
import dev.bartizan.updater.delta.DeltaFormat;
import dev.bartizan.updater.delta.DeltaHeader;
import dev.bartizan.updater.delta.DeltaRefusal;
import dev.bartizan.updater.delta.Method;
import dev.bartizan.updater.delta.Section;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class DeltaRefusalTest {
  private static final int LENGTH = DeltaTrial.SMALL_SECTION + 1000;

  private final byte[] base = noise(1, LENGTH);
  private byte[] delta = new byte[0];

  @BeforeEach
  void makeADelta() throws IOException {
    byte[] result = base.clone();
    result[70] ^= 1;
    delta = DeltaTrial.delta(base, result);
  }

  @Test
  void anotherBaseIsRefusedBeforeAnyOutput() {
    byte[] other = base.clone();
    other[LENGTH - 1] ^= 1;
    assertEquals("WRONG_BASE", refused(other, delta, 0));
    assertEquals("WRONG_BASE", refused(new byte[0], delta, 0));
  }

  // A cut download, or an attacker who hopes for a half-made file.
  @Test
  void everyTruncationIsRefused() {
    for (int length = 0; length < delta.length; length++) {
      assertEquals("TRUNCATED", refused(base, Arrays.copyOf(delta, length), LENGTH));
    }
  }

  // Extra data: something smuggled behind the end.
  @Test
  void oneByteMoreIsRefused() {
    assertEquals("EXTRA_DATA", refused(base, Arrays.copyOf(delta, delta.length + 1), LENGTH));
  }

  @Test
  void everyFlippedBitIsRefusedBeforeItsSectionGivesAnything() {
    int firstSectionEnds = DeltaFormat.HEADER_LENGTH + 49 + firstPayloadLength();
    for (int bit = 0; bit < delta.length * 8; bit++) {
      byte[] flipped = delta.clone();
      flipped[bit / 8] ^= (byte) (1 << (bit % 8));
      int outputMax = bit / 8 < firstSectionEnds ? 0 : DeltaTrial.SMALL_SECTION;
      refused(base, flipped, outputMax);
    }
  }

  @Test
  void aResultOneByteOverTheLimitIsRefusedBeforeAnyOutput() throws Exception {
    assertEquals(LENGTH, DeltaTrial.apply(base, delta, LENGTH).length);
    DeltaRefusal refusal =
        assertThrows(DeltaRefusal.class, () -> DeltaTrial.apply(base, delta, LENGTH - 1));
    assertEquals("TOO_LONG", refusal.code());
  }

  @Test
  void aLaterVersionIsNamedAsSuch() {
    delta[9] = 2;
    assertEquals("UNKNOWN_VERSION", refused(base, delta, 0));
  }

  @Test
  void anOrdinaryFileIsNotADelta() {
    assertEquals("MALFORMED", refused(base, base, 0));
  }

  /** The attacker knows the format and writes digests that are right. */
  @Nested
  class WithDigestsThatAreRight {
    private final byte[] frame = new FrameWriter(3).compress(new byte[100]);

    @Test
    void aBombIsRefused() {
      byte[] bomb = new FrameWriter(19).compress(new byte[50_000_000]);
      assertEquals("MALFORMED", refused(base, forged(100, Method.ZSTD, 0, 0, bomb), 0));
    }

    @Test
    void aFrameOneByteShortIsRefused() {
      assertEquals("MALFORMED", refused(base, forged(101, Method.ZSTD, 0, 0, frame), 0));
    }

    @Test
    void aWindowOutsideTheBaseIsRefused() {
      assertEquals(
          "MALFORMED", refused(base, forged(100, Method.ZSTD_WITH_BASE, LENGTH - 9, 10, frame), 0));
      assertEquals(
          "MALFORMED", refused(base, forged(100, Method.ZSTD_WITH_BASE, -1, 10, frame), 0));
      assertEquals("MALFORMED", refused(base, forged(100, Method.ZSTD_WITH_BASE, 0, -1, frame), 0));
    }

    @Test
    void aWindowWiderThanAllowedIsRefused() throws Exception {
      byte[] large = new byte[3 * DeltaTrial.SMALL_SECTION];
      int widest = DeltaFormat.windowMax(DeltaTrial.SMALL_SECTION);
      byte[] delta =
          forged(large, new byte[100], Method.ZSTD_WITH_BASE, 0, widest, withBase(large, widest));
      assertEquals(100, DeltaTrial.apply(large, delta).length);
      byte[] wider = forged(large, new byte[100], Method.ZSTD_WITH_BASE, 0, widest + 1, frame);
      assertEquals("MALFORMED", refused(large, wider, 0));
    }

    @Test
    void runsThatDoNotCoverTheSectionAreRefused() {
      for (int[] runs : new int[][] {{99, 0}, {101, 0}, {0, 26}, {-1, 0}, {4, -1}, {0, 1 << 30}}) {
        ByteBuffer payload = ByteBuffer.allocate(100);
        payload.putInt(1).putInt(runs[0]).putInt(runs[1]);
        String code = refused(base, forged(100, Method.FLOAT_PLANES, 0, 100, payload.array()), 0);
        assertEquals("MALFORMED", code, Arrays.toString(runs));
      }
    }

    @Test
    void moreRunsThanThePayloadHoldsAreRefused() {
      for (int count : new int[] {13, Integer.MAX_VALUE, -1}) {
        byte[] payload = ByteBuffer.allocate(100).putInt(count).array();
        assertEquals(
            "MALFORMED", refused(base, forged(100, Method.FLOAT_PLANES, 0, 100, payload), 0));
      }
    }

    @Test
    void bytesAfterTheLastPlaneAreRefused() {
      byte[] stretch = Arrays.copyOf(base, 100);
      byte[] planes = FloatPlaneWriter.encode(new Window(0, stretch), stretch, new FrameWriter(3));
      byte[] longer = Arrays.copyOf(planes, planes.length + 1);
      assertEquals("MALFORMED", refused(base, forged(100, Method.FLOAT_PLANES, 0, 100, longer), 0));
    }

    @Test
    void aResultThatIsNotThePromisedOneIsRefusedAtTheEnd() {
      byte[] lie = forged(base, noise(9, 100), Method.ZSTD, 0, 0, frame);
      assertEquals("HASH_MISMATCH", refused(base, lie, 100));
    }

    private byte[] withBase(byte[] large, int window) {
      return new FrameWriter(3).compressWith(Arrays.copyOf(large, window), new byte[100]);
    }

    private byte[] forged(int length, Method method, long position, int window, byte[] payload) {
      return forged(base, new byte[length], method, position, window, payload);
    }

    private byte[] forged(
        byte[] from, byte[] to, Method method, long position, int window, byte[] payload) {
      DeltaHeader header =
          new DeltaHeader(
              DeltaTrial.SMALL_SECTION, from.length, Digest.of(from), to.length, Digest.of(to));
      Section section = new Section(0, method, position, window, payload.length);
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      out.writeBytes(header.encode().toArray());
      out.writeBytes(section.encode().toArray());
      out.writeBytes(section.digest(header, payload, Digest.sha256()).value().toArray());
      out.writeBytes(payload);
      return out.toByteArray();
    }
  }

  private int firstPayloadLength() {
    return ByteBuffer.wrap(delta).getInt(DeltaFormat.HEADER_LENGTH + 13);
  }

  private static String refused(byte[] base, byte[] delta, int outputMax) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    DeltaRefusal refusal =
        assertThrows(DeltaRefusal.class, () -> DeltaTrial.apply(base, delta, 1 << 30, out));
    assertTrue(out.size() <= outputMax, refusal.getMessage() + " after " + out.size() + " bytes");
    return refusal.code();
  }
}
