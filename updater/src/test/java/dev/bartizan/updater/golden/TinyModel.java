// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.golden;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * ONNX models of one node, byte by byte: {@code y = x + w}, with {@code w} where a test wants it.
 */
public final class TinyModel {
  private static final int FLOAT = 1;
  private static final int WIDTH = 4;

  private TinyModel() {}

  /** The honest one. */
  public static byte[] adding(float... w) {
    return of(7, node("Add"), message(5, tensor("w", message(9, row(w)))));
  }

  /** The same with its weights in a file beside it. */
  public static byte[] addingFrom(String location, long offset) {
    return of(7, node("Add"), message(5, outside("w", location, offset)));
  }

  /** A model of that version of the format, with these fields of its graph. */
  public static byte[] of(int irVersion, byte[]... graphFields) {
    byte[] value =
        message(
            2,
            message(
                1,
                number(1, FLOAT),
                message(2, message(1, number(1, 1)), message(1, number(1, 4)))));
    byte[] graph =
        join(
            join(graphFields),
            text(2, "g"),
            message(11, text(1, "x"), value),
            message(12, text(1, "y"), value));
    return join(number(1, irVersion), message(7, graph), message(8, text(1, ""), number(2, 13)));
  }

  public static byte[] node(String operator, byte[]... attributes) {
    return message(
        1, text(1, "x"), text(1, "w"), text(2, "y"), text(4, operator), join(attributes));
  }

  public static byte[] tensor(String name, byte[]... content) {
    return join(number(1, WIDTH), number(2, FLOAT), text(8, name), join(content));
  }

  /** A tensor whose data is said to be in another file. */
  public static byte[] outside(String name, String location, long offset) {
    return tensor(
        name,
        entry("location", location),
        entry("offset", Long.toString(offset)),
        entry("length", Integer.toString(WIDTH * Float.BYTES)),
        number(14, 1));
  }

  private static byte[] entry(String key, String value) {
    return message(13, text(1, key), text(2, value));
  }

  /** A TensorProto file of shape [1, 4]. */
  public static byte[] vector(String name, float... row) {
    byte[] named = name.isEmpty() ? new byte[0] : text(8, name);
    return join(number(1, 1), number(1, row.length), number(2, FLOAT), named, message(9, row(row)));
  }

  public static byte[] row(float... values) {
    ByteBuffer row = ByteBuffer.allocate(values.length * Float.BYTES);
    row.order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      row.putFloat(value);
    }
    return row.array();
  }

  public static byte[] message(int field, byte[]... parts) {
    byte[] content = join(parts);
    return join(varint(field << 3 | 2), varint(content.length), content);
  }

  public static byte[] text(int field, String text) {
    return message(field, text.getBytes(StandardCharsets.UTF_8));
  }

  public static byte[] number(int field, long value) {
    return join(varint((long) field << 3), varint(value));
  }

  public static byte[] join(byte[]... parts) {
    ByteArrayOutputStream joined = new ByteArrayOutputStream();
    Arrays.stream(parts).forEach(joined::writeBytes);
    return joined.toByteArray();
  }

  private static byte[] varint(long value) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      bytes.write((int) ((rest & 0x7f) | 0x80));
      rest >>>= 7;
    }
    bytes.write((int) rest);
    return bytes.toByteArray();
  }
}
