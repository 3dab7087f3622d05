package dev.bartizan.agent.serve.oip;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.bartizan.agent.serve.InferenceRefusal;
import dev.bartizan.agent.serve.InferenceRefusal.Reason;
import dev.bartizan.updater.engine.Datatype;
import dev.bartizan.updater.onnx.Shape;
import dev.bartizan.updater.onnx.Tensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Reads one {@code $request_input}. Its members come in any order: data that comes before its shape
 * and type is skipped, and read again once they are known.
 */
final class InputReader {
  private static final int NONE = -1;

  private final JsonParser json;
  private final int jsonLength;
  private final Workspace memory;
  private final BinaryTensors binary;
  private @Nullable String name;
  private @Nullable Datatype datatype;
  private @Nullable Shape shape;
  private @Nullable Tensor tensor;
  private long skippedData = NONE;
  private OptionalLong binarySize = OptionalLong.empty();

  /** An input as the request names it. */
  record Input(String name, Tensor tensor) {}

  InputReader(JsonParser json, int jsonLength, Workspace memory, BinaryTensors binary) {
    this.json = json;
    this.jsonLength = jsonLength;
    this.memory = memory;
    this.binary = binary;
  }

  /** Reads the object the parser stands on. */
  Input read() throws IOException, InferenceRefusal {
    Json.expect(json, JsonToken.START_OBJECT, "an input");
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String member = json.currentName();
      json.nextToken();
      switch (member) {
        case "name" -> name = Json.text(json, "an input's 'name'");
        case "datatype" -> datatype = datatype();
        case "shape" -> shape = shape();
        case "parameters" -> parameters();
        case "data" -> data();
        default -> json.skipChildren();
      }
    }
    return input();
  }

  private Input input() throws IOException, InferenceRefusal {
    if (name == null || datatype == null || shape == null) {
      throw Json.malformed("an input lacks 'name', 'datatype' or 'shape'");
    }
    boolean hasData = tensor != null || skippedData != NONE;
    if (hasData == binarySize.isPresent()) {
      throw Json.malformed("input '" + name + "' has no data, or has it twice");
    }
    if (binarySize.isPresent()) {
      return new Input(name, binary.next(datatype, shape, binarySize.getAsLong()));
    }
    return new Input(name, tensor != null ? tensor : skippedTensor(datatype, shape));
  }

  private void data() throws IOException, InferenceRefusal {
    if (datatype != null && shape != null) {
      tensor = JsonTensorReader.read(json, datatype, shape, memory);
    } else {
      skippedData = json.currentTokenLocation().getByteOffset();
      json.skipChildren();
    }
  }

  private Tensor skippedTensor(Datatype known, Shape knownShape)
      throws IOException, InferenceRefusal {
    int start = (int) skippedData;
    try (JsonParser again = Json.FACTORY.createParser(memory.body(), start, jsonLength - start)) {
      again.nextToken();
      return JsonTensorReader.read(again, known, knownShape, memory);
    }
  }

  private Datatype datatype() throws IOException, InferenceRefusal {
    String wanted = Json.text(json, "an input's 'datatype'");
    return Datatype.named(wanted)
        .orElseThrow(
            () ->
                new InferenceRefusal(
                    Reason.WRONG_DATATYPE, "there is no datatype '" + wanted + "'"));
  }

  private Shape shape() throws IOException, InferenceRefusal {
    Json.expect(json, JsonToken.START_ARRAY, "an input's 'shape'");
    List<Long> dimensions = new ArrayList<>();
    while (json.nextToken() != JsonToken.END_ARRAY && dimensions.size() <= Shape.MAX_RANK) {
      dimensions.add(Json.whole(json, "a dimension"));
    }
    try {
      return new Shape(dimensions);
    } catch (IllegalArgumentException noShape) {
      throw new InferenceRefusal(Reason.WRONG_SHAPE, String.valueOf(noShape.getMessage()), noShape);
    }
  }

  private void parameters() throws IOException, InferenceRefusal {
    Json.expect(json, JsonToken.START_OBJECT, "'parameters'");
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String parameter = json.currentName();
      json.nextToken();
      if (parameter.equals(BinaryTensors.SIZE)) {
        binarySize = OptionalLong.of(Json.whole(json, "'" + BinaryTensors.SIZE + "'"));
      } else {
        json.skipChildren();
      }
    }
  }
}
