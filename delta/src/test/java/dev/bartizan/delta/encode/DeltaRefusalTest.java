// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.delta.encode;

import static dev.bartizan.delta.encode.DeltaTrial.noise;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.luben.zstd.ZstdCompressCtx;
import dev.bartizan.delta.format.DeltaFormat;
import dev.bartizan.delta.format.DeltaRefusal;
import dev.bartizan.delta.format.NumberFormat;
import dev.bartizan.delta.format.Numbers;
import dev.bartizan.delta.format.Piece;
import dev.bartizan.delta.format.PieceCode;
import dev.bartizan.delta.format.TensorPiece;
import dev.bartizan.delta.format.TensorPiece.View;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class DeltaRefusalTest {
  private static final int LENGTH = 66_000;

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
    for (int bit = 0; bit < delta.length * 8; bit++) {
      byte[] flipped = delta.clone();
      flipped[bit / 8] ^= (byte) (1 << (bit % 8));
      refused(base, flipped, 0);
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
    private final byte[] none = {0};

    @Test
    void aBombInTheLiteralsIsRefused() {
      byte[] bomb = frame(new byte[50_000_000]);
      assertEquals("MALFORMED", refused(base, forged(100, literal(100), 100, bomb), 0));
    }

    @Test
    void aBombInThePlanIsRefused() {
      byte[] bomb = frame(new byte[50_000_000]);
      assertEquals("MALFORMED", refused(base, forged(100, packed(1 << 20, bomb)), 0));
      assertEquals("MALFORMED", refused(base, forged(100, packed(50_000_000, bomb)), 0));
    }

    @Test
    void aTextThatIsNotAsLongAsItSaysIsRefused() throws Exception {
      for (int length : new int[] {0, 99, 101, 50_000_000}) {
        byte[] delta = forged(100, literal(100), packedText(100, bzip2(new byte[length])));
        assertEquals("MALFORMED", refused(base, delta, 0));
      }
      byte[] cut = Arrays.copyOf(bzip2(new byte[100]), 20);
      byte[] longer = Arrays.copyOf(bzip2(new byte[100]), 5000);
      for (byte[] stream : new byte[][] {cut, longer, {}, {'B', 'Z', 'h', '9'}}) {
        byte[] delta = forged(100, literal(100), packedText(100, stream));
        assertEquals("MALFORMED", refused(base, delta, 0));
      }
    }

    @Test
    void seededGarbageInATextIsRefused() throws Exception {
      byte[] text = "Whatever is in it. ".repeat(50).getBytes(StandardCharsets.US_ASCII);
      byte[] packed = bzip2(text);
      for (long seed = 0; seed < 2000; seed++) {
        Random random = new Random(seed);
        byte[] bad = packed.clone();
        for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
          bad[random.nextInt(bad.length)] = (byte) random.nextInt();
        }
        byte[] payload = join(literal(text.length), packedText(text.length, bad));
        try {
          assertArrayEquals(text, DeltaTrial.apply(base, Forgery.delta(base, text, payload)));
        } catch (DeltaRefusal refusal) {
          assertTrue(List.of("MALFORMED", "HASH_MISMATCH").contains(refusal.code()));
        }
      }
    }

    @Test
    void literalsOneByteShortAreRefused() {
      byte[] frame = frame(new byte[99]);
      assertEquals("MALFORMED", refused(base, forged(100, literal(100), 100, frame), 0));
    }

    @Test
    void piecesThatMakeMoreOrLessThanTheSectionAreRefused() {
      for (int length : new int[] {99, 101, 0}) {
        byte[] frame = frame(new byte[length]);
        assertEquals("MALFORMED", refused(base, forged(100, literal(length), length, frame), 0));
      }
    }

    @Test
    void moreThanASectionMayCodeIsRefused() {
      int most = DeltaFormat.SECTION_CODED_MAX;
      byte[] frame = frame(new byte[most + 1]);
      assertEquals(
          "MALFORMED", refused(base, forged(most + 1, literal(most + 1), most + 1, frame), 0));
    }

    @Test
    void copiesFromOutsideOfTheBaseAreRefused() {
      for (long position : new long[] {-1, LENGTH - 99, 1L << 50, Long.MIN_VALUE / 2}) {
        byte[] plan = plan(new Piece.Copy(position, 100));
        assertEquals("MALFORMED", refused(base, forged(100, packedPlan(plan), none), 0));
      }
    }

    @Test
    void aPrefixOutsideOfTheBaseOrTooLargeIsRefused() {
      byte[] outside =
          PieceCode.plan(List.of(new Piece.Copy(LENGTH - 9, 10)), List.of(new Piece.Literal(1)));
      assertEquals("MALFORMED", refused(base, forged(1, packedPlan(outside), none), 0));
      List<Piece.Copy> many = Collections.nCopies(200, new Piece.Copy(0, LENGTH));
      byte[] large = PieceCode.plan(many, List.of(new Piece.Literal(1)));
      assertEquals("MALFORMED", refused(base, forged(1, packedPlan(large), none), 0));
    }

    // A low-rank bomb: a few bytes that ask for a great many multiplications.
    @Test
    void aRankThatIsTooMuchWorkIsRefused() {
      View view = new View(NumberFormat.U8, 0, 0, 1, 1 << 19);
      byte[] large = new byte[1 << 20];
      TensorPiece bomb = new TensorPiece(NumberFormat.U8, 2, 1 << 19, view, 0, 64, 0);
      assertEquals("MALFORMED", refused(large, forgedTensor(large, bomb), 0));
    }

    @Test
    void flagsThatDoNotGoTogetherAreRefused() {
      View same = new View(NumberFormat.U8, 0, 10, 1, 10);
      View other = new View(NumberFormat.S8, 0, 10, 1, 10);
      View narrower = new View(NumberFormat.U8, 0, 9, 1, 9);
      for (TensorPiece piece :
          List.of(
              flagged(same, TensorPiece.TREND | TensorPiece.ZEROS, 0),
              flagged(same, TensorPiece.QUIET | TensorPiece.ZEROS, 0),
              flagged(same, TensorPiece.QUIET | TensorPiece.TREND, 0),
              flagged(same, TensorPiece.BYTES | TensorPiece.FACTOR, 0),
              flagged(same, TensorPiece.BYTES | TensorPiece.ZEROS, 0),
              flagged(same, TensorPiece.BYTES, 1),
              flagged(other, TensorPiece.BYTES, 0),
              flagged(narrower, TensorPiece.BYTES, 0))) {
        assertEquals("MALFORMED", refused(base, forgedTensor(base, piece), 0), piece.toString());
      }
    }

    private TensorPiece flagged(View view, int flags, int rank) {
      return new TensorPiece(NumberFormat.U8, 10, 10, view, flags, rank, 0);
    }

    @Test
    void aTensorLargerThanTheBaseIsRefused() {
      for (View view :
          List.of(
              new View(NumberFormat.F32, LENGTH - 399, 10, 1, 10),
              new View(NumberFormat.F32, -4, 10, 1, 10),
              new View(NumberFormat.F32, 0, 1L << 39, 1, 10),
              new View(NumberFormat.F32, 0, 1, 1L << 39, 10),
              new View(NumberFormat.F32, 0, 3, 3, 10))) {
        TensorPiece piece = new TensorPiece(NumberFormat.F32, 10, 10, view, 0, 0, 0);
        assertEquals("MALFORMED", refused(base, forgedTensor(base, piece), 0), view.toString());
      }
    }

    @Test
    void streamsThatAreTooShortTooLongOrNotThereAreRefused() {
      for (Piece piece :
          List.of(
              new TensorPiece(NumberFormat.U8, 10, 10, View.NONE, 0, 0, 0),
              new Piece.Shifted(0, 100))) {
        requireStreams(packedPlan(plan(piece)));
      }
    }

    private void requireStreams(byte[] plan) {
      byte[] state = {0, 0, 0, (byte) 0x80, 0, 0, 0, 0};
      byte[] states = join(state, state, state, state);
      for (byte[] streams :
          List.of(
              new byte[0],
              new byte[] {0},
              new byte[] {32},
              join(new byte[] {31}, states),
              join(new byte[] {32}, states),
              join(new byte[] {32}, states, new byte[8]),
              join(new byte[] {40}, states, new byte[8]),
              join(new byte[] {32}, new byte[32]))) {
        byte[] delta = forged(100, join(plan, none, streams));
        assertEquals("MALFORMED", refused(base, delta, 0), streams.length + " bytes");
      }
    }

    @Test
    void kindsAndFormatsThatDoNotExistAreRefused() {
      for (byte[] plan :
          new byte[][] {{0, 4}, {0, 3, 0, 0, 0, 0, 1, 1}, {0, 3, 16, 0, 0, 0, 1, 1}, {5}, {}}) {
        assertEquals("MALFORMED", refused(base, forged(1, packedPlan(plan), none), 0));
      }
    }

    @Test
    void bytesAfterTheLastPartAreRefused() {
      byte[] plan = packedPlan(plan(new Piece.Copy(0, 100)));
      assertEquals("MALFORMED", refused(base, forged(100, plan, none, new byte[1]), 0));
    }

    // Valid outside, arbitrary inside: whatever it is, it is refused or rebuilt, and never worse.
    @Test
    void seededGarbageWithDigestsThatAreRight() throws Exception {
      byte[] numbers = new ModelBytes().with("w", 1, Arrays.copyOf(base, 4000), 10, 100).build();
      byte[] other = numbers.clone();
      for (int i = 100; i < 3900; i += 3) {
        other[i] ^= 7;
      }
      byte[] good = DeltaTrial.delta(numbers, other);
      byte[] payload = Forgery.payload(good);
      for (long seed = 0; seed < 3000; seed++) {
        Random random = new Random(seed);
        byte[] bad = Arrays.copyOf(payload, payload.length - (int) seed % 3);
        for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
          int reach = random.nextBoolean() ? Math.min(40, bad.length) : bad.length;
          bad[random.nextInt(reach)] = (byte) random.nextInt();
        }
        byte[] delta = Forgery.delta(numbers, other, bad);
        try {
          assertArrayEquals(other, DeltaTrial.apply(numbers, delta), "seed " + seed);
        } catch (DeltaRefusal refusal) {
          assertTrue(List.of("MALFORMED", "HASH_MISMATCH").contains(refusal.code()));
        }
      }
    }

    @Test
    void aResultThatIsNotThePromisedOneIsRefusedAtTheEnd() {
      byte[] payload = join(packedPlan(plan(new Piece.Copy(0, 100))), none);
      assertEquals(
          "HASH_MISMATCH", refused(base, Forgery.delta(base, noise(9, 100), payload), 100));
    }

    private byte[] literal(int length) {
      return packedPlan(plan(new Piece.Literal(length)));
    }

    private byte[] plan(Piece... pieces) {
      return PieceCode.plan(List.of(), List.of(pieces));
    }

    /** Stored, as the plan's place in a payload. */
    private byte[] packedPlan(byte[] plan) {
      return packed(plan.length, new byte[0], plan);
    }

    private byte[] packed(int length, byte[] frame) {
      return packed(length, frame, new byte[0]);
    }

    private byte[] packed(int length, byte[] frame, byte[] stored) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      Numbers.write(out, length);
      if (length > 0) {
        Numbers.write(out, 2L * frame.length);
      }
      return join(out.toByteArray(), frame, stored);
    }

    private byte[] packedText(int length, byte[] stream) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      Numbers.write(out, length);
      Numbers.write(out, 2L * stream.length + 1);
      return join(out.toByteArray(), stream);
    }

    private byte[] bzip2(byte[] content) throws IOException {
      ByteArrayOutputStream packed = new ByteArrayOutputStream();
      try (BZip2CompressorOutputStream out = new BZip2CompressorOutputStream(packed)) {
        out.write(content);
      }
      return packed.toByteArray();
    }

    private byte[] frame(byte[] content) {
      try (ZstdCompressCtx context = new ZstdCompressCtx()) {
        return context.setMagicless(true).compress(content);
      }
    }

    private byte[] forgedTensor(byte[] from, TensorPiece piece) {
      byte[] streams = new byte[64];
      byte[] result = new byte[(int) piece.resultLength()];
      return Forgery.delta(from, result, join(packedPlan(plan(piece)), none, streams));
    }

    private byte[] forged(int length, byte[] plan, int literals, byte[] frame) {
      return forged(length, plan, packed(literals, frame));
    }

    private byte[] forged(int length, byte[]... payload) {
      return Forgery.delta(base, new byte[length], join(payload));
    }

    private byte[] join(byte[]... parts) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      for (byte[] part : parts) {
        out.writeBytes(part);
      }
      return out.toByteArray();
    }
  }

  private static String refused(byte[] base, byte[] delta, int outputMax) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    DeltaRefusal refusal =
        assertThrows(DeltaRefusal.class, () -> DeltaTrial.apply(base, delta, 1 << 30, out));
    assertTrue(out.size() <= outputMax, refusal.getMessage() + " after " + out.size() + " bytes");
    return refusal.code();
  }
}
