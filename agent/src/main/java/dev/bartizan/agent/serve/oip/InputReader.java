// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.serve.oip;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.bartizan.agent.serve.InferenceRefusal;
import dev.bartizan.agent.serve.InferenceRefusal.Reason;
import dev.bartizan.agent.serve.http.Body;
import dev.bartizan.agent.serve.http.HttpRefusal;
import dev.bartizan.updater.engine.Datatype;
import dev.bartizan.updater.engine.Shape;
import dev.bartizan.updater.engine.Tensor;
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
  private static final long NONE = -1;

  private final JsonParser json;
  private final Body body;
  private final long jsonLength;
  private final Workspace memory;
  private final Expectation expected;
  private final BinaryTensors binary;
  private @Nullable String name;
  private @Nullable Datatype datatype;
  private @Nullable Shape shape;
  private @Nullable Tensor tensor;
  private long skippedData = NONE;
  private OptionalLong binarySize = OptionalLong.empty();

  /** An input as the request names it. */
  record Input(String name, Tensor tensor) {}

  /** What the model takes. */
  interface Expectation {
    /** Refuses an input that is not the model's, before its values cost anything. */
    void accept(String name, Datatype datatype, Shape shape) throws InferenceRefusal;
  }

  InputReader(
      JsonParser json,
      Body body,
      long jsonLength,
      Workspace memory,
      BinaryTensors binary,
      Expectation expected) {
    this.json = json;
    this.body = body;
    this.jsonLength = jsonLength;
    this.memory = memory;
    this.binary = binary;
    this.expected = expected;
  }

  /** Reads the object the parser stands on. */
  Input read() throws IOException, HttpRefusal {
    Json.expect(json, JsonToken.START_OBJECT, "an input");
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String member = json.currentName();
      if (!Json.hasValue(json)) {
        continue;
      }
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

  private Input input() throws IOException, HttpRefusal {
    if (name == null || datatype == null || shape == null) {
      throw Json.malformed("an input lacks 'name', 'datatype' or 'shape'");
    }
    boolean hasData = tensor != null || skippedData != NONE;
    if (hasData == binarySize.isPresent()) {
      throw Json.malformed("input '" + name + "' has no data, or has it twice");
    }
    if (binarySize.isPresent()) {
      expected.accept(name, datatype, shape);
      return new Input(name, binary.next(datatype, shape, binarySize.getAsLong()));
    }
    return new Input(name, tensor != null ? tensor : skippedTensor(name, datatype, shape));
  }

  private void data() throws IOException, HttpRefusal {
    if (tensor != null || skippedData != NONE) {
      throw Json.malformed("an input has 'data' twice");
    }
    // Texts are read apart: only there may one be long.
    if (name != null && datatype != null && shape != null && datatype != Datatype.BYTES) {
      expected.accept(name, datatype, shape);
      tensor = JsonTensorReader.read(json, datatype, shape, body, memory);
    } else {
      skippedData = json.currentTokenLocation().getByteOffset();
      body.keepFrom(skippedData);
      json.skipChildren();
    }
  }

  private Tensor skippedTensor(String known, Datatype type, Shape knownShape)
      throws IOException, HttpRefusal {
    expected.accept(known, type, knownShape);
    try (JsonParser again = Json.texts(body.stream(skippedData, jsonLength))) {
      again.nextToken();
      return JsonTensorReader.read(again, type, knownShape, body, memory);
    } finally {
      body.keepNothing();
    }
  }

  private Datatype datatype() throws IOException, InferenceRefusal {
    String wanted = Json.text(json, "an input's 'datatype'");
    return Datatype.named(wanted)
        .orElseThrow(
            () -> new InferenceRefusal(Reason.WRONG_DATATYPE, "there is no such datatype"));
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
      if (!Json.hasValue(json)) {
        continue;
      }
      if (parameter.equals(BinaryTensors.SIZE)) {
        binarySize = OptionalLong.of(Json.whole(json, "'" + BinaryTensors.SIZE + "'"));
      } else {
        json.skipChildren();
      }
    }
  }
}
