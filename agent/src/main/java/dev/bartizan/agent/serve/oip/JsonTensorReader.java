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
import java.nio.ByteBuffer;

/**
 * Reads {@code $tensor_data}: all elements in one array, row-major, or arrays nested exactly as the
 * shape says.
 */
final class JsonTensorReader {
  private final JsonParser json;
  private final Shape shape;
  private final Sink sink;

  /** Takes the elements one by one. */
  private interface Sink {
    void take(JsonParser json) throws IOException, HttpRefusal;
  }

  private JsonTensorReader(JsonParser json, Shape shape, Sink sink) {
    this.json = json;
    this.shape = shape;
    this.sink = sink;
  }

  /**
   * Reads the array the parser stands on.
   *
   * @param body what {@code json} reads
   * @param memory where the tensor is made
   */
  static Tensor read(JsonParser json, Datatype datatype, Shape shape, Body body, Workspace memory)
      throws IOException, HttpRefusal {
    if (shape.elements() > body.length()) {
      // Every element takes a byte at least: do not make room for what cannot be there.
      throw wrongCount(shape);
    }
    if (datatype == Datatype.BYTES) {
      TextElements texts = new TextElements(shape, memory.memory());
      new JsonTensorReader(json, shape, at -> texts.add(Json.text(at, "a BYTES element"))).read();
      return texts.tensor();
    }
    ByteBuffer content = memory.room(datatype.byteLength(shape.elements()));
    ElementReader element = ElementReader.of(datatype);
    new JsonTensorReader(json, shape, at -> element.read(at, content)).read();
    return new Tensor.Numbers(datatype, shape, content.flip());
  }

  private void read() throws IOException, HttpRefusal {
    Json.expect(json, JsonToken.START_ARRAY, "'data', an array,");
    if (json.nextToken() == JsonToken.START_ARRAY) {
      rows(0);
    } else {
      elements(shape.elements());
    }
  }

  /** The parser is within the array of this level, on its first element or its end. */
  private void rows(int level) throws IOException, HttpRefusal {
    if (level == shape.rank() - 1) {
      elements(shape.dimensions().get(level));
      return;
    }
    long rows = level < shape.rank() ? shape.dimensions().get(level) : 0;
    for (long row = 0; row < rows; row++) {
      if (json.currentToken() != JsonToken.START_ARRAY) {
        throw wrongCount(shape);
      }
      json.nextToken();
      rows(level + 1);
      json.nextToken();
    }
    expectEnd();
  }

  private void elements(long count) throws IOException, HttpRefusal {
    for (long i = 0; i < count; i++) {
      if (json.currentToken() == JsonToken.END_ARRAY) {
        throw wrongCount(shape);
      }
      sink.take(json);
      json.nextToken();
    }
    expectEnd();
  }

  private void expectEnd() throws InferenceRefusal {
    if (json.currentToken() != JsonToken.END_ARRAY) {
      throw wrongCount(shape);
    }
  }

  private static InferenceRefusal wrongCount(Shape shape) {
    return new InferenceRefusal(Reason.WRONG_SHAPE, "'data' does not fill shape " + shape);
  }
}
