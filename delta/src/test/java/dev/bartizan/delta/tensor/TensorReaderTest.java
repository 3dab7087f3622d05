// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.delta.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.delta.tensor.OnnxRefusal.Reason;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class TensorReaderTest {
  private static final float[] FLOATS = {1.5f, -2f, 0.1f, Float.POSITIVE_INFINITY, -0f, 3e38f};

  @Nested
  class WhatTheReferenceWriterWrote {
    @Test
    void rawFloatsComeBackBitByBit() throws Exception {
      NamedTensor read = TensorReader.read(vector("float-raw"));
      assertEquals("float-raw", read.name());
      assertEquals(Shape.of(2, 3), read.tensor().shape());
      assertArrayEquals(FLOATS, floats(read));
    }

    @Test
    void typedFloatsAreTheSameTensorAsRawOnes() throws Exception {
      assertEquals(
          TensorReader.read(vector("float-raw")).tensor(),
          TensorReader.read(vector("float-typed")).tensor());
    }

    @Test
    void narrowTypesLeaveTheirWideFieldUnharmed() throws Exception {
      assertEquals("80007f", content("int8-typed"));
      assertEquals("0080ff", content("uint8-typed"));
      assertEquals("01000001", content("bool-typed"));
      assertEquals("003c00c00038", content("float16-typed"));
      assertEquals("00000000ffffffff", content("uint32-typed"));
      assertEquals("0000000000000000ffffffffffffffff", content("uint64-typed"));
      assertEquals("0000000000000080ffffffffffffff7f", content("int64-raw"));
      assertEquals(16, numbers("double-typed").content().remaining());
    }

    @Test
    void aScalarHasOneElementAndAnEmptyTensorNone() throws Exception {
      assertEquals(Shape.of(), TensorReader.read(vector("scalar")).tensor().shape());
      assertEquals("07000000", content("scalar"));
      assertEquals(Shape.of(2, 0, 3), numbers("empty").shape());
      assertEquals("", content("empty"));
    }

    @Test
    void textsAreStrictUtf8() throws Exception {
      Tensor.Texts texts = (Tensor.Texts) TensorReader.read(vector("strings")).tensor();
      assertEquals(List.of("crack", "pit", "", "Ätzung"), texts.elements());
    }
  }

  @Nested
  class WhatAnAttackerWrote {
    @Test
    void aDimensionThatOverflowsIsRefused() {
      assertRefused(
          Reason.INCONSISTENT,
          new Message().number(1, 1L << 32).number(1, 1L << 32).number(2, 1).bytes(9, new byte[4]));
    }

    @Test
    void aNegativeDimensionIsRefused() {
      assertRefused(Reason.INCONSISTENT, new Message().number(1, -1).number(2, 1));
    }

    @Test
    void contentShorterThanTheShapeIsRefused() {
      assertRefused(
          Reason.INCONSISTENT, new Message().number(1, 2).number(2, 1).bytes(9, new byte[7]));
    }

    @Test
    void aHugeShapeWithoutContentAllocatesNothing() {
      assertRefused(Reason.INCONSISTENT, new Message().number(1, 1L << 40).number(2, 1));
    }

    @Test
    void rawAndTypedContentTogetherAreRefused() {
      assertRefused(
          Reason.INCONSISTENT,
          new Message().number(1, 1).number(2, 6).number(5, 3).bytes(9, new byte[4]));
    }

    @Test
    void rawContentTwiceIsRefused() {
      assertRefused(
          Reason.INCONSISTENT,
          new Message().number(1, 1).number(2, 6).bytes(9, new byte[4]).bytes(9, new byte[4]));
    }

    @Test
    void aValueThatItsTypeCannotHoldIsRefused() {
      assertRefused(Reason.INCONSISTENT, new Message().number(1, 1).number(2, 3).number(5, 128));
      assertRefused(Reason.INCONSISTENT, new Message().number(1, 1).number(2, 9).number(5, 2));
      assertRefused(Reason.INCONSISTENT, new Message().number(1, 1).number(2, 2).number(5, -1));
    }

    @Test
    void contentInTheWrongTypedFieldIsRefused() {
      assertRefused(Reason.INCONSISTENT, new Message().number(1, 1).number(2, 1).number(7, 3));
    }

    @Test
    void contentInAnotherFileIsRefused() {
      assertRefused(Reason.UNSUPPORTED, new Message().number(2, 1).number(14, 1));
      assertRefused(Reason.UNSUPPORTED, new Message().number(2, 1).bytes(13, new byte[0]));
    }

    @Test
    void anUnknownTypeIsRefused() {
      assertRefused(Reason.UNSUPPORTED, new Message().number(1, 1));
      assertRefused(Reason.UNSUPPORTED, new Message().number(1, 1).number(2, 99));
      assertRefused(Reason.UNSUPPORTED, new Message().number(1, 1).number(2, -1));
    }

    @Test
    void aFieldThatRunsPastTheEndIsRefused() {
      assertRefused(Reason.MALFORMED, new Message().hex("4aff01"));
      assertRefused(Reason.MALFORMED, new Message().hex("4affffffffffffffffff01"));
      assertRefused(Reason.MALFORMED, new Message().hex("08"));
      assertRefused(Reason.MALFORMED, new Message().hex("0880"));
    }

    @Test
    void groupsFieldZeroAndEndlessNumbersAreRefused() {
      assertRefused(Reason.MALFORMED, new Message().hex("0b"));
      assertRefused(Reason.MALFORMED, new Message().hex("0001"));
      assertRefused(Reason.MALFORMED, new Message().hex("08ffffffffffffffffffff01"));
    }

    @Test
    void aNameThatIsNotUtf8IsRefused() {
      assertRefused(
          Reason.MALFORMED, new Message().number(2, 1).bytes(8, new byte[] {(byte) 0xc0}));
    }

    @Test
    void moreDimensionsThanAnybodyNeedsAreRefused() throws Exception {
      Message atTheLimit = new Message().number(2, 2);
      for (int i = 0; i < Shape.MAX_RANK; i++) {
        atTheLimit.number(1, 1);
      }
      atTheLimit.bytes(9, new byte[1]);
      assertEquals(Shape.MAX_RANK, TensorReader.read(atTheLimit.bytes()).tensor().shape().rank());
      assertRefused(Reason.TOO_LARGE, atTheLimit.number(1, 1));
    }

    @Test
    void everyTruncationIsRefused() throws Exception {
      byte[] whole = vector("float-raw").toArray();
      for (int length = 0; length < whole.length; length++) {
        Bytes cut = Bytes.of(Arrays.copyOf(whole, length));
        assertThrows(OnnxRefusal.class, () -> TensorReader.read(cut), "cut at " + length);
      }
    }

    @Test
    void noSeedBringsAnythingButATensorOrARefusal() throws Exception {
      byte[] whole = vector("float-typed").toArray();
      for (int seed = 0; seed < 20_000; seed++) {
        Random random = new Random(seed);
        byte[] hurt = whole.clone();
        for (int i = 0; i <= random.nextInt(4); i++) {
          hurt[random.nextInt(hurt.length)] = (byte) random.nextInt();
        }
        readOrRefuse(hurt, seed);
      }
    }

    private void readOrRefuse(byte[] file, int seed) {
      try {
        assertTrue(TensorReader.read(Bytes.of(file)).tensor().shape().elements() >= 0);
      } catch (OnnxRefusal expected) {
        assertTrue(expected.code().startsWith("ONNX_"));
      } catch (RuntimeException bug) {
        throw new AssertionError("seed " + seed, bug);
      }
    }
  }

  @Nested
  class AStreamOfAnyLength {
    @Test
    void aFieldIsLocatedAndSkippedWithoutBeingHeld() throws Exception {
      byte[] head = new Message().number(1, 5).hex("4a8080808020").bytes().toArray();
      long length = head.length + (8L << 30);
      WireReader wire = WireReader.of(new Endless(head), length + 2);
      assertTrue(wire.next());
      assertTrue(wire.next());
      assertEquals(9, wire.field());
      assertEquals(head.length, wire.position());
      assertEquals(8L << 30, wire.valueLength());
      assertTrue(wire.next());
      assertEquals(length + 1, wire.position());
    }

    @Test
    void bytesThatEndBeforeTheirLengthAreTruncated() throws Exception {
      WireReader wire = WireReader.of(InputStream.nullInputStream(), 5);
      OnnxRefusal refusal = assertThrows(OnnxRefusal.class, wire::next);
      assertEquals("ONNX_TRUNCATED", refusal.code());
    }

    @Test
    void nestingHasAnEnd() throws Exception {
      byte[] nested = new byte[0];
      for (int depth = 0; depth < 70; depth++) {
        nested = new Message().bytes(1, nested).bytes().toArray();
      }
      byte[] deep = nested;
      OnnxRefusal refusal =
          assertThrows(
              OnnxRefusal.class,
              () -> {
                WireReader wire = WireReader.of(new ByteArrayInputStream(deep), deep.length);
                while (wire.next()) {
                  wire = wire.message();
                }
              });
      assertEquals(Reason.TOO_LARGE, refusal.reason());
    }
  }

  private static void assertRefused(Reason reason, Message message) {
    OnnxRefusal refusal = assertThrows(OnnxRefusal.class, () -> TensorReader.read(message.bytes()));
    assertEquals(reason, refusal.reason(), refusal.getMessage());
  }

  private static Bytes vector(String name) throws IOException {
    try (InputStream in =
        TensorReaderTest.class.getResourceAsStream("/vectors/onnx-tensors/" + name + ".pb")) {
      return Bytes.of(in.readAllBytes());
    }
  }

  private static Tensor.Numbers numbers(String name) throws Exception {
    return (Tensor.Numbers) TensorReader.read(vector(name)).tensor();
  }

  private static String content(String name) throws Exception {
    ByteBuffer content = numbers(name).content();
    byte[] bytes = new byte[content.remaining()];
    content.get(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  private static float[] floats(NamedTensor read) {
    float[] floats = new float[FLOATS.length];
    ((Tensor.Numbers) read.tensor()).content().asFloatBuffer().get(floats);
    return floats;
  }

  /** Writes protocol buffers by hand, right or wrong. */
  private static final class Message {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    Message number(int field, long value) {
      varint((long) field << 3);
      varint(value);
      return this;
    }

    Message bytes(int field, byte[] value) {
      varint((long) field << 3 | 2);
      varint(value.length);
      out.writeBytes(value);
      return this;
    }

    Message hex(String hex) {
      out.writeBytes(HexFormat.of().parseHex(hex));
      return this;
    }

    Bytes bytes() {
      return Bytes.of(out.toByteArray());
    }

    private void varint(long value) {
      long rest = value;
      while ((rest & ~0x7fL) != 0) {
        out.write((int) ((rest & 0x7f) | 0x80));
        rest >>>= 7;
      }
      out.write((int) rest);
    }
  }

  /** A head, then eight gibibytes of nothing that can be skipped at once, then one small field. */
  private static final class Endless extends InputStream {
    private final byte[] head;
    private long position;

    Endless(byte[] head) {
      this.head = head;
    }

    @Override
    public int read() {
      return position < head.length ? head[(int) position++] & 0xff : tail();
    }

    private int tail() {
      long after = position++ - head.length - (8L << 30);
      return after == 0 ? 8 : 1;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
      target[offset] = (byte) read();
      return 1;
    }

    @Override
    public long skip(long length) {
      position += length;
      return length;
    }
  }
}
