// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.golden;

import static java.util.Map.entry;

import dev.bartizan.delta.tensor.OnnxRefusal;
import dev.bartizan.delta.tensor.OnnxRefusal.Reason;
import dev.bartizan.delta.tensor.WireReader;
import dev.bartizan.delta.tensor.WireReader.WireType;
import dev.bartizan.updater.engine.Datatype;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * The numbers of a {@code TensorProto}'s typed fields ({@code float_data}, {@code int32_data} and
 * so on), gathered bit by bit until the element type is known: fields come in any order.
 */
final class TypedContent {
  static final int FLOAT_DATA = 4;
  static final int INT32_DATA = 5;
  static final int INT64_DATA = 7;
  static final int DOUBLE_DATA = 10;
  static final int UINT64_DATA = 11;

  private static final int MAX_VALUES = TensorFile.MAX_CONTENT_BYTES / Long.BYTES;

  private static final Map<Datatype, Integer> FIELDS =
      Map.ofEntries(
          entry(Datatype.FP32, FLOAT_DATA),
          entry(Datatype.FP64, DOUBLE_DATA),
          entry(Datatype.INT64, INT64_DATA),
          entry(Datatype.UINT32, UINT64_DATA),
          entry(Datatype.UINT64, UINT64_DATA),
          entry(Datatype.INT32, INT32_DATA),
          entry(Datatype.INT16, INT32_DATA),
          entry(Datatype.INT8, INT32_DATA),
          entry(Datatype.UINT16, INT32_DATA),
          entry(Datatype.UINT8, INT32_DATA),
          entry(Datatype.BOOL, INT32_DATA),
          entry(Datatype.FP16, INT32_DATA),
          entry(Datatype.BF16, INT32_DATA));

  private static final Set<Datatype> SIGNED = Set.of(Datatype.INT8, Datatype.INT16, Datatype.INT32);
  private static final Set<Datatype> UNSIGNED =
      Set.of(Datatype.UINT8, Datatype.UINT16, Datatype.UINT32, Datatype.FP16, Datatype.BF16);

  private long[] values = new long[16];
  private int count;
  private int field;

  boolean isEmpty() {
    return count == 0;
  }

  /** Takes the current field, packed or single. */
  void add(WireReader wire) throws IOException, OnnxRefusal {
    if (count > 0 && wire.field() != field) {
      throw new OnnxRefusal(
          Reason.INCONSISTENT, "content in field " + field + " and in field " + wire.field());
    }
    field = wire.field();
    refuseOtherLayout(wire.type());
    while (wire.hasMore()) {
      add(value(wire));
    }
  }

  /** The values as the little-endian content of a tensor of this type. */
  ByteBuffer as(Datatype type) throws OnnxRefusal {
    if (count > 0 && field != fieldFor(type)) {
      throw new OnnxRefusal(Reason.INCONSISTENT, type + " does not belong in field " + field);
    }
    int width = (int) type.byteLength(1);
    ByteBuffer content = ByteBuffer.allocate(count * width).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      put(content, width, inRange(type, values[i]));
    }
    return content.flip();
  }

  private void add(long value) throws OnnxRefusal {
    if (count == MAX_VALUES) {
      throw new OnnxRefusal(Reason.TOO_LARGE, "more than " + MAX_VALUES + " typed values");
    }
    if (count == values.length) {
      values = Arrays.copyOf(values, Math.min(MAX_VALUES, count * 2));
    }
    values[count++] = value;
  }

  private void refuseOtherLayout(WireType type) throws OnnxRefusal {
    if (type != WireType.LENGTH_DELIMITED && type != layout()) {
      throw new OnnxRefusal(Reason.MALFORMED, "field " + field + " cannot be " + type);
    }
  }

  private WireType layout() {
    return switch (field) {
      case FLOAT_DATA -> WireType.FIXED32;
      case DOUBLE_DATA -> WireType.FIXED64;
      default -> WireType.VARINT;
    };
  }

  private long value(WireReader wire) throws IOException, OnnxRefusal {
    return switch (layout()) {
      case FIXED32 -> wire.fixed32();
      case FIXED64 -> wire.fixed64();
      case VARINT, LENGTH_DELIMITED -> wire.varint();
    };
  }

  /** Which field the specification puts a type's elements in. */
  private static int fieldFor(Datatype type) {
    return Objects.requireNonNull(FIELDS.get(type), () -> type + " has no typed field");
  }

  /** Narrow types travel in wider fields, which can hold what the type cannot. */
  private static long inRange(Datatype type, long value) throws OnnxRefusal {
    int spare = Long.SIZE - (int) type.byteLength(1) * Byte.SIZE;
    boolean fits =
        (!SIGNED.contains(type) || value << spare >> spare == value)
            && (!UNSIGNED.contains(type) || value << spare >>> spare == value)
            && (type != Datatype.BOOL || value == 0 || value == 1);
    if (!fits) {
      throw new OnnxRefusal(Reason.INCONSISTENT, value + " is not a value of " + type);
    }
    return value;
  }

  private static void put(ByteBuffer content, int width, long value) {
    switch (width) {
      case 1 -> content.put((byte) value);
      case 2 -> content.putShort((short) value);
      case 4 -> content.putInt((int) value);
      case 8 -> content.putLong(value);
      default -> throw new IllegalStateException("no element is " + width + " bytes wide");
    }
  }
}
