// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.golden;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.delta.tensor.OnnxRefusal;
import dev.bartizan.delta.tensor.OnnxRefusal.Reason;
import dev.bartizan.updater.engine.Shape;
import dev.bartizan.updater.engine.Tensor;
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

class TensorFileTest {
  private static final float[] FLOATS = {1.5f, -2f, 0.1f, Float.POSITIVE_INFINITY, -0f, 3e38f};

  @Nested
  class WhatTheReferenceWriterWrote {
    @Test
    void rawFloatsComeBackBitByBit() throws Exception {
      NamedTensor read = TensorFile.read(vector("float-raw"));
      assertEquals("float-raw", read.name());
      assertEquals(Shape.of(2, 3), read.tensor().shape());
      assertArrayEquals(FLOATS, floats(read));
    }

    @Test
    void typedFloatsAreTheSameTensorAsRawOnes() throws Exception {
      assertEquals(
          TensorFile.read(vector("float-raw")).tensor(),
          TensorFile.read(vector("float-typed")).tensor());
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
      assertEquals(Shape.of(), TensorFile.read(vector("scalar")).tensor().shape());
      assertEquals("07000000", content("scalar"));
      assertEquals(Shape.of(2, 0, 3), numbers("empty").shape());
      assertEquals("", content("empty"));
    }

    @Test
    void textsAreStrictUtf8() throws Exception {
      Tensor.Texts texts = (Tensor.Texts) TensorFile.read(vector("strings")).tensor();
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
    void aTypeThatNoModelIsServedWithIsRefused() {
      int complex64 = 14;
      assertRefused(
          Reason.UNSUPPORTED,
          new Message().number(1, 1).number(2, complex64).bytes(9, new byte[8]));
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
      assertEquals(Shape.MAX_RANK, TensorFile.read(atTheLimit.bytes()).tensor().shape().rank());
      assertRefused(Reason.TOO_LARGE, atTheLimit.number(1, 1));
    }

    @Test
    void everyTruncationIsRefused() throws Exception {
      byte[] whole = vector("float-raw").toArray();
      for (int length = 0; length < whole.length; length++) {
        Bytes cut = Bytes.of(Arrays.copyOf(whole, length));
        assertThrows(OnnxRefusal.class, () -> TensorFile.read(cut), "cut at " + length);
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
        assertTrue(TensorFile.read(Bytes.of(file)).tensor().shape().elements() >= 0);
      } catch (OnnxRefusal expected) {
        assertTrue(expected.code().startsWith("ONNX_"));
      } catch (RuntimeException bug) {
        throw new AssertionError("seed " + seed, bug);
      }
    }
  }

  private static void assertRefused(Reason reason, Message message) {
    OnnxRefusal refusal = assertThrows(OnnxRefusal.class, () -> TensorFile.read(message.bytes()));
    assertEquals(reason, refusal.reason(), refusal.getMessage());
  }

  private static Bytes vector(String name) throws IOException {
    try (InputStream in =
        TensorFileTest.class.getResourceAsStream("/vectors/onnx-tensors/" + name + ".pb")) {
      return Bytes.of(in.readAllBytes());
    }
  }

  private static Tensor.Numbers numbers(String name) throws Exception {
    return (Tensor.Numbers) TensorFile.read(vector(name)).tensor();
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
}
