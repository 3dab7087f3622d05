// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.delta.tensor;

import dev.bartizan.delta.tensor.OnnxRefusal.Reason;
import dev.bartizan.delta.tensor.WireReader.WireType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a {@code TensorProto} says about its content, the content itself left where it is. */
final class TensorSketch {
  private static final int MAX_NAME_BYTES = 64 << 10;
  private static final int MAX_EXTERNAL_ENTRIES = 16;

  private static final int DIMS = 1;
  private static final int DATA_TYPE = 2;
  private static final int FLOAT_DATA = 4;
  private static final int NAME = 8;
  private static final int RAW_DATA = 9;
  private static final int DOUBLE_DATA = 10;
  private static final int EXTERNAL_DATA = 13;
  private static final int DATA_LOCATION = 14;
  private static final int KEY = 1;
  private static final int VALUE = 2;

  private final List<Long> dimensions = new ArrayList<>();
  private final Map<String, String> external = new HashMap<>();
  private String name = "";
  private long dataType;
  private long location;
  private int contents;
  private int contentField;
  private long offset;
  private long length;

  private TensorSketch() {}

  static TensorSketch read(WireReader wire) throws IOException, OnnxRefusal {
    TensorSketch sketch = new TensorSketch();
    while (wire.next()) {
      switch (wire.field()) {
        case DIMS -> sketch.addDimensions(wire);
        case DATA_TYPE -> sketch.dataType = number(wire);
        case DATA_LOCATION -> sketch.location = number(wire);
        case NAME -> sketch.name = text(wire);
        case RAW_DATA, FLOAT_DATA, DOUBLE_DATA -> sketch.note(wire);
        case EXTERNAL_DATA -> sketch.addExternal(wire.message());
        default -> {} // packed with a varying width, texts, documentation: not rows of elements
      }
    }
    return sketch;
  }

  /**
   * The tensor, if its elements lie in one row.
   *
   * @throws OnnxRefusal when there is such a row and it is not as long as type and shape need
   */
  Optional<LocatedTensor> locate() throws OnnxRefusal {
    Optional<ElementType> type = ElementType.numbered(dataType).filter(this::fitsItsField);
    if (type.isEmpty() || (location == 0 && contents != 1)) {
      return Optional.empty();
    }
    try {
      Shape shape = new Shape(dimensions);
      return Optional.of(
          location == 0
              ? new LocatedTensor(name, type.get(), shape, "", offset, length)
              : external(type.get(), shape));
    } catch (IllegalArgumentException | ArithmeticException mismatch) {
      throw new OnnxRefusal(
          Reason.INCONSISTENT, "tensor '" + name + "': " + mismatch.getMessage(), mismatch);
    }
  }

  private boolean fitsItsField(ElementType type) {
    return type.hasFixedWidth()
        && switch (location == 0 ? contentField : RAW_DATA) {
          case FLOAT_DATA -> type == ElementType.FLOAT || type == ElementType.COMPLEX64;
          case DOUBLE_DATA -> type == ElementType.DOUBLE || type == ElementType.COMPLEX128;
          default -> true;
        };
  }

  private LocatedTensor external(ElementType type, Shape shape) throws OnnxRefusal {
    String file = external.getOrDefault("location", "");
    if (file.isEmpty()) {
      throw new OnnxRefusal(Reason.INCONSISTENT, "tensor '" + name + "' is in a file without name");
    }
    long needed = type.byteLength(shape.elements());
    long there = decimal("length", needed);
    if (there != needed) {
      throw new OnnxRefusal(
          Reason.INCONSISTENT, "tensor '" + name + "': " + there + " bytes instead of " + needed);
    }
    return new LocatedTensor(name, type, shape, file, decimal("offset", 0), needed);
  }

  private long decimal(String key, long otherwise) throws OnnxRefusal {
    String text = external.get(key);
    if (text == null) {
      return otherwise;
    }
    if (!text.matches("[0-9]{1,18}")) {
      throw new OnnxRefusal(Reason.MALFORMED, "tensor '" + name + "': " + key + " is no number");
    }
    return Long.parseLong(text);
  }

  /** A second content, or a single value of a repeated field, makes the tensor one of no row. */
  private void note(WireReader wire) {
    contents += wire.type() == WireType.LENGTH_DELIMITED ? 1 : 2;
    contentField = wire.field();
    offset = wire.position();
    length = wire.valueLength();
  }

  private void addExternal(WireReader entry) throws IOException, OnnxRefusal {
    String key = "";
    String value = "";
    while (entry.next()) {
      switch (entry.field()) {
        case KEY -> key = text(entry);
        case VALUE -> value = text(entry);
        default -> {} // whatever the format adds
      }
    }
    if (external.size() == MAX_EXTERNAL_ENTRIES || external.put(key, value) != null) {
      throw new OnnxRefusal(Reason.INCONSISTENT, "tensor '" + name + "' says '" + key + "' twice");
    }
  }

  private void addDimensions(WireReader wire) throws IOException, OnnxRefusal {
    if (wire.type() != WireType.LENGTH_DELIMITED) {
      requireType(wire, WireType.VARINT);
    }
    while (wire.hasMore()) {
      if (dimensions.size() == Shape.MAX_RANK) {
        throw new OnnxRefusal(Reason.TOO_LARGE, "more than " + Shape.MAX_RANK + " dimensions");
      }
      dimensions.add(wire.varint());
    }
  }

  private static long number(WireReader wire) throws IOException, OnnxRefusal {
    requireType(wire, WireType.VARINT);
    return wire.varint();
  }

  private static String text(WireReader wire) throws IOException, OnnxRefusal {
    requireType(wire, WireType.LENGTH_DELIMITED);
    return wire.text(MAX_NAME_BYTES);
  }

  private static void requireType(WireReader wire, WireType type) throws OnnxRefusal {
    if (wire.type() != type) {
      throw new OnnxRefusal(
          Reason.MALFORMED, "field " + wire.field() + " is " + wire.type() + ", not " + type);
    }
  }
}
