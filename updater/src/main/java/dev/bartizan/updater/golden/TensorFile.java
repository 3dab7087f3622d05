// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.golden;

import static java.util.Map.entry;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.delta.tensor.ElementType;
import dev.bartizan.delta.tensor.OnnxRefusal;
import dev.bartizan.delta.tensor.OnnxRefusal.Reason;
import dev.bartizan.delta.tensor.WireReader;
import dev.bartizan.delta.tensor.WireReader.WireType;
import dev.bartizan.updater.engine.Datatype;
import dev.bartizan.updater.engine.Shape;
import dev.bartizan.updater.engine.Tensor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One {@code TensorProto} (onnx.proto), as the files {@code input_0.pb} of ONNX test data hold it:
 * content inline, raw or typed.
 */
public final class TensorFile {
  /** A test vector, not a model: larger ones belong in the model's own files. */
  public static final int MAX_CONTENT_BYTES = 64 << 20;

  private static final int MAX_NAME_BYTES = 1024;

  /** What even an empty text costs in memory, so that millions of them count. */
  private static final int TEXT_OVERHEAD_BYTES = 56;

  private static final int DIMS = 1;
  private static final int DATA_TYPE = 2;
  private static final int SEGMENT = 3;
  private static final int STRING_DATA = 6;
  private static final int NAME = 8;
  private static final int RAW_DATA = 9;
  private static final int EXTERNAL_DATA = 13;
  private static final int DATA_LOCATION = 14;

  /** What a session takes and gives, by what ONNX calls it. */
  private static final Map<ElementType, Datatype> TYPES =
      Map.ofEntries(
          entry(ElementType.BOOL, Datatype.BOOL),
          entry(ElementType.UINT8, Datatype.UINT8),
          entry(ElementType.UINT16, Datatype.UINT16),
          entry(ElementType.UINT32, Datatype.UINT32),
          entry(ElementType.UINT64, Datatype.UINT64),
          entry(ElementType.INT8, Datatype.INT8),
          entry(ElementType.INT16, Datatype.INT16),
          entry(ElementType.INT32, Datatype.INT32),
          entry(ElementType.INT64, Datatype.INT64),
          entry(ElementType.FLOAT16, Datatype.FP16),
          entry(ElementType.FLOAT, Datatype.FP32),
          entry(ElementType.DOUBLE, Datatype.FP64),
          entry(ElementType.BFLOAT16, Datatype.BF16),
          entry(ElementType.STRING, Datatype.BYTES));

  private final List<Long> dimensions = new ArrayList<>();
  private final TypedContent typed = new TypedContent();
  private final List<String> texts = new ArrayList<>();
  private int textRoom = MAX_CONTENT_BYTES;
  private String name = "";
  private long dataType;
  private byte @Nullable [] raw;

  private TensorFile() {}

  /**
   * The tensor in these bytes.
   *
   * @throws OnnxRefusal when they are anything but one tensor whose parts agree, or of a type that
   *     no model is served with
   */
  public static NamedTensor read(Bytes file) throws OnnxRefusal {
    return read(file.toArray());
  }

  private static NamedTensor read(byte[] file) throws OnnxRefusal {
    TensorFile reader = new TensorFile();
    try {
      reader.readFields(WireReader.of(new ByteArrayInputStream(file), file.length));
    } catch (IOException impossible) {
      throw new IllegalStateException("memory cannot fail to be read", impossible);
    }
    return new NamedTensor(reader.name, reader.tensor());
  }

  private void readFields(WireReader wire) throws IOException, OnnxRefusal {
    while (wire.next()) {
      switch (wire.field()) {
        case DIMS -> addDimensions(wire);
        case DATA_TYPE -> dataType = number(wire);
        case NAME -> name = expect(wire, WireType.LENGTH_DELIMITED).text(MAX_NAME_BYTES);
        case RAW_DATA -> takeRaw(expect(wire, WireType.LENGTH_DELIMITED));
        case STRING_DATA -> addText(expect(wire, WireType.LENGTH_DELIMITED));
        case TypedContent.FLOAT_DATA,
            TypedContent.INT32_DATA,
            TypedContent.INT64_DATA,
            TypedContent.DOUBLE_DATA,
            TypedContent.UINT64_DATA ->
            typed.add(wire);
        case SEGMENT -> throw new OnnxRefusal(Reason.UNSUPPORTED, "a segment of a tensor");
        case EXTERNAL_DATA -> throw new OnnxRefusal(Reason.UNSUPPORTED, "content in another file");
        case DATA_LOCATION -> refuseExternal(number(wire));
        default -> {} // documentation, and whatever ONNX adds: skipped by the next step
      }
    }
  }

  private Tensor tensor() throws OnnxRefusal {
    Datatype type = datatype();
    try {
      Shape shape = new Shape(dimensions);
      return type == Datatype.BYTES
          ? new Tensor.Texts(shape, onlyTexts())
          : new Tensor.Numbers(type, shape, onlyNumbers(type));
    } catch (IllegalArgumentException | ArithmeticException mismatch) {
      throw new OnnxRefusal(
          Reason.INCONSISTENT, "tensor '" + name + "': " + mismatch.getMessage(), mismatch);
    }
  }

  private Datatype datatype() throws OnnxRefusal {
    ElementType type =
        ElementType.numbered(dataType)
            .orElseThrow(
                () -> new OnnxRefusal(Reason.UNSUPPORTED, "there is no data type " + dataType));
    Datatype known = TYPES.get(type);
    if (known == null) {
      throw new OnnxRefusal(Reason.UNSUPPORTED, "no model is served with " + type);
    }
    return known;
  }

  private ByteBuffer onlyNumbers(Datatype type) throws OnnxRefusal {
    if (!texts.isEmpty() || (raw != null && !typed.isEmpty())) {
      throw new OnnxRefusal(Reason.INCONSISTENT, "tensor '" + name + "' has two contents");
    }
    return raw != null || typed.isEmpty() ? ByteBuffer.wrap(rawOrEmpty()) : typed.as(type);
  }

  private List<String> onlyTexts() throws OnnxRefusal {
    if (raw != null || !typed.isEmpty()) {
      throw new OnnxRefusal(Reason.INCONSISTENT, "tensor '" + name + "' has numbers for texts");
    }
    return texts;
  }

  private byte[] rawOrEmpty() {
    return raw == null ? new byte[0] : raw;
  }

  private void addDimensions(WireReader wire) throws IOException, OnnxRefusal {
    if (wire.type() != WireType.LENGTH_DELIMITED) {
      expect(wire, WireType.VARINT);
    }
    while (wire.hasMore()) {
      if (dimensions.size() == Shape.MAX_RANK) {
        throw new OnnxRefusal(Reason.TOO_LARGE, "more than " + Shape.MAX_RANK + " dimensions");
      }
      dimensions.add(wire.varint());
    }
  }

  private void addText(WireReader wire) throws IOException, OnnxRefusal {
    int cost = (int) Math.min(wire.valueLength(), MAX_CONTENT_BYTES) + TEXT_OVERHEAD_BYTES;
    if (cost > textRoom) {
      throw new OnnxRefusal(Reason.TOO_LARGE, "texts of more than " + MAX_CONTENT_BYTES + " bytes");
    }
    texts.add(wire.text(textRoom));
    textRoom -= cost;
  }

  private void takeRaw(WireReader wire) throws IOException, OnnxRefusal {
    if (raw != null) {
      throw new OnnxRefusal(Reason.INCONSISTENT, "tensor '" + name + "' has raw_data twice");
    }
    raw = wire.bytes(MAX_CONTENT_BYTES);
  }

  private static long number(WireReader wire) throws IOException, OnnxRefusal {
    return expect(wire, WireType.VARINT).varint();
  }

  private static void refuseExternal(long location) throws OnnxRefusal {
    if (location != 0) {
      throw new OnnxRefusal(Reason.UNSUPPORTED, "content in another file");
    }
  }

  private static WireReader expect(WireReader wire, WireType type) throws OnnxRefusal {
    if (wire.type() != type) {
      throw new OnnxRefusal(
          Reason.MALFORMED, "field " + wire.field() + " is " + wire.type() + ", not " + type);
    }
    return wire;
  }
}
