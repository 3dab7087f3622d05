// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.delta.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class TensorMapTest {
  private static final int FLOAT = 1;
  private static final int INT8 = 3;

  @Nested
  class InAModel {
    @Test
    void anInitialiserIsFoundWhereItsBytesAre() throws Exception {
      byte[] model = model(message(5, tensor("w", FLOAT, raw("abcdefgh"), 2)));
      LocatedTensor found = only(model);
      assertEquals("w", found.name());
      assertEquals(Shape.of(2), found.shape());
      assertEquals("abcdefgh", at(model, found));
    }

    @Test
    void packedFloatsAreARowToo() throws Exception {
      byte[] model = model(message(5, tensor("w", FLOAT, message(4, bytes("abcdefgh")), 2)));
      assertEquals("abcdefgh", at(model, only(model)));
    }

    @Test
    void constantsInsideOfALoopInsideOfAnIfAreFound() throws Exception {
      byte[] constant = message(1, message(5, message(5, tensor("c", INT8, raw("xyz"), 3))));
      byte[] loop = message(1, message(5, message(6, constant)));
      byte[] model = model(message(1, message(5, message(6, loop))));
      assertEquals("xyz", at(model, only(model)));
    }

    @Test
    void tensorsOfFunctionsAreFound() throws Exception {
      byte[] node = message(5, message(5, tensor("f", INT8, raw("xyz"), 3)));
      byte[] model = message(25, message(7, node));
      assertEquals("xyz", at(model, only(model)));
    }

    @Test
    void valuesOfVaryingWidthAreLeftBetween() throws Exception {
      byte[] model = model(message(5, tensor("w", 7, message(7, new byte[] {1, 2}), 2)));
      assertEquals(List.of(), read(model).tensors());
    }

    @Test
    void externalContentIsSaidToBeInItsFile() throws Exception {
      byte[] external =
          join(external("location", "w.bin"), external("offset", "4096"), number(14, 1));
      LocatedTensor found = only(model(message(5, tensor("w", FLOAT, external, 2, 3))));
      assertEquals("w.bin", found.file());
      assertEquals(4096, found.offset());
      assertEquals(24, found.length());
    }

    // Lying lengths: a tensor that would reach beyond its content, or say two things of itself.
    @Test
    void aContentOfAnotherLengthIsRefused() {
      byte[] model = model(message(5, tensor("w", FLOAT, raw("abcdefgh"), 3)));
      assertEquals("ONNX_INCONSISTENT", refused(model));
    }

    @Test
    void dimensionsThatOverflowAreRefused() {
      byte[] model = model(message(5, tensor("w", FLOAT, raw(""), 1L << 40, 1L << 40)));
      assertEquals("ONNX_INCONSISTENT", refused(model));
    }

    @Test
    void externalTensorsOverOneAnotherAreRefused() {
      byte[] one = join(external("location", "w"), external("offset", "0"), number(14, 1));
      byte[] two = join(external("location", "w"), external("offset", "23"), number(14, 1));
      byte[] model =
          model(message(5, tensor("a", FLOAT, one, 6)), message(5, tensor("b", FLOAT, two, 6)));
      assertEquals("ONNX_INCONSISTENT", refused(model));
    }

    @Test
    void nestingWithoutEndIsRefused() {
      byte[] graph = new byte[0];
      for (int i = 0; i < 60; i++) {
        graph = message(1, message(5, message(6, graph)));
      }
      assertEquals("ONNX_TOO_LARGE", refused(model(graph)));
    }

    @Test
    void whateverTheBytesAreTheAnswerIsAMapOrARefusal() throws Exception {
      byte[] good = model(message(5, tensor("w", FLOAT, raw("abcdefgh"), 2)));
      Random random = new Random(5);
      for (int i = 0; i < 20_000; i++) {
        byte[] bad = Arrays.copyOf(good, random.nextInt(good.length + 4));
        for (int flips = random.nextInt(4); flips > 0 && bad.length > 0; flips--) {
          bad[random.nextInt(bad.length)] = (byte) random.nextInt();
        }
        try {
          read(bad).tensors().forEach(tensor -> assertTrue(tensor.end() >= tensor.offset()));
        } catch (OnnxRefusal refusal) {
          assertTrue(refusal.code().startsWith("ONNX_"));
        }
      }
    }
  }

  @Nested
  class InSafetensors {
    @Test
    void tensorsAreFoundBehindTheHeader() throws Exception {
      byte[] file =
          safetensors(
              "{\"__metadata__\":{\"a\":\"b\"},"
                  + "\"w\":{\"dtype\":\"F16\",\"shape\":[1,2],\"data_offsets\":[2,6]}}",
              "..wxyz");
      LocatedTensor found = TensorMap.ofSafetensors(stream(file), file.length).tensors().get(0);
      assertEquals(ElementType.FLOAT16, found.type());
      assertEquals("wxyz", at(file, found));
    }

    @Test
    void whatReachesBeyondTheFileIsRefused() {
      String header = "{\"w\":{\"dtype\":\"U8\",\"shape\":[7],\"data_offsets\":[0,7]}}";
      assertEquals("ONNX_INCONSISTENT", refusedSafetensors(safetensors(header, "6bytes")));
    }

    @Test
    void overlapsAreRefused() {
      String header =
          "{\"v\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]},"
              + "\"w\":{\"dtype\":\"U8\",\"shape\":[3],\"data_offsets\":[3,6]}}";
      assertEquals("ONNX_INCONSISTENT", refusedSafetensors(safetensors(header, "6bytes")));
    }

    @Test
    void aNameTwiceIsRefused() {
      String w = "\"w\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}";
      assertEquals(
          "ONNX_MALFORMED", refusedSafetensors(safetensors("{" + w + "," + w + "}", "6bytes")));
    }

    @Test
    void aHeaderLongerThanTheFileIsRefusedBeforeItIsRead() {
      byte[] file = safetensors("{}", "");
      ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putLong(Long.MAX_VALUE);
      assertEquals("ONNX_MALFORMED", refusedSafetensors(file));
    }
  }

  private static byte[] safetensors(String header, String content) {
    byte[] length =
        ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(header.length()).array();
    return join(length, bytes(header), bytes(content));
  }

  private static byte[] model(byte[]... graphFields) {
    return message(7, join(graphFields));
  }

  private static byte[] tensor(String name, int type, byte[] content, long... dimensions) {
    byte[] fields = join(number(2, type), message(8, bytes(name)), content);
    for (long dimension : dimensions) {
      fields = join(fields, number(1, dimension));
    }
    return fields;
  }

  private static byte[] raw(String content) {
    return message(9, bytes(content));
  }

  private static byte[] external(String key, String value) {
    return message(13, join(message(1, bytes(key)), message(2, bytes(value))));
  }

  private static byte[] message(int field, byte[] content) {
    return join(varint(field << 3 | 2), varint(content.length), content);
  }

  private static byte[] number(int field, long value) {
    return join(varint(field << 3), varint(value));
  }

  private static byte[] varint(long value) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    long left = value;
    for (; left >>> 7 != 0; left >>>= 7) {
      out.write((int) ((left & 0x7f) | 0x80));
    }
    out.write((int) left);
    return out.toByteArray();
  }

  private static byte[] join(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static LocatedTensor only(byte[] model) throws Exception {
    List<LocatedTensor> tensors = read(model).tensors();
    assertEquals(1, tensors.size());
    return tensors.get(0);
  }

  private static TensorMap read(byte[] model) throws Exception {
    return TensorMap.ofOnnx(stream(model), model.length);
  }

  private static String at(byte[] file, LocatedTensor tensor) {
    byte[] content = Arrays.copyOfRange(file, (int) tensor.offset(), (int) tensor.end());
    return new String(content, StandardCharsets.UTF_8);
  }

  private static String refused(byte[] model) {
    return assertThrows(OnnxRefusal.class, () -> read(model)).code();
  }

  private static String refusedSafetensors(byte[] file) {
    return assertThrows(OnnxRefusal.class, () -> TensorMap.ofSafetensors(stream(file), file.length))
        .code();
  }

  private static ByteArrayInputStream stream(byte[] content) {
    return new ByteArrayInputStream(content);
  }
}
