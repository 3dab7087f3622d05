// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.serve.oip;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import dev.bartizan.agent.serve.InferenceRefusal;
import dev.bartizan.agent.serve.InferenceRefusal.Reason;
import dev.bartizan.agent.serve.http.Body;
import dev.bartizan.agent.serve.http.HttpRefusal;
import dev.bartizan.agent.serve.oip.InferenceRequest.WantedOutput;
import dev.bartizan.updater.engine.Tensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads {@code $inference_request} from a workspace's body. */
final class RequestReader {
  private static final int MAX_OUTPUTS = 1024;

  private final Body body;
  private final Workspace memory;
  private final long jsonLength;
  private final InputReader.Expectation expected;
  private final BinaryTensors binaryTensors;
  private final Map<String, Tensor> inputs = new LinkedHashMap<>();
  private final List<WantedOutput> outputs = new ArrayList<>();
  private Optional<String> id = Optional.empty();
  private boolean binary;
  private boolean hasInputs;

  /**
   * @param jsonLength where the JSON ends and binary tensor data starts
   * @param expected what the model takes: asked before a tensor's values are read
   */
  RequestReader(Body body, long jsonLength, Workspace memory, InputReader.Expectation expected) {
    this.body = body;
    this.memory = memory;
    this.jsonLength = jsonLength;
    this.expected = expected;
    this.binaryTensors = new BinaryTensors(body, memory, jsonLength);
  }

  InferenceRequest read() throws HttpRefusal {
    try (JsonParser json = Json.request(body.consume(0, jsonLength))) {
      json.nextToken();
      request(json);
      if (json.nextToken() != null) {
        throw Json.malformed("something follows the request");
      }
    } catch (JsonProcessingException notJson) {
      throw notJson(notJson);
    } catch (IOException impossible) {
      throw new IllegalStateException("memory cannot fail to be read", impossible);
    }
    binaryTensors.end();
    return new InferenceRequest(id, inputs, outputs, binary);
  }

  /** The parser's own words quote the input, and say how this is built: they stay here. */
  private static InferenceRefusal notJson(JsonProcessingException problem) {
    long place = problem.getLocation() == null ? -1 : problem.getLocation().getByteOffset();
    String where = place < 0 ? "" : " at byte " + place;
    return new InferenceRefusal(
        Reason.MALFORMED, "the body is not JSON within its limits" + where, problem);
  }

  private void request(JsonParser json) throws IOException, HttpRefusal {
    Json.expect(json, JsonToken.START_OBJECT, "the request, an object,");
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String member = json.currentName();
      if (!Json.hasValue(json)) {
        continue;
      }
      switch (member) {
        case "id" -> id = Optional.of(Json.text(json, "'id'"));
        case "inputs" -> inputs(json);
        case "outputs" -> outputs(json);
        case "parameters" -> binary = flag(json, "binary_data_output").orElse(false);
        default -> json.skipChildren();
      }
    }
    if (!hasInputs) {
      throw Json.malformed("the request has no 'inputs'");
    }
  }

  private void inputs(JsonParser json) throws IOException, HttpRefusal {
    Json.expect(json, JsonToken.START_ARRAY, "'inputs'");
    hasInputs = true;
    while (json.nextToken() != JsonToken.END_ARRAY) {
      InputReader.Input input =
          new InputReader(json, body, jsonLength, memory, binaryTensors, expected).read();
      if (inputs.put(input.name(), input.tensor()) != null) {
        throw Json.malformed("input '" + input.name() + "' is there twice");
      }
    }
  }

  private void outputs(JsonParser json) throws IOException, InferenceRefusal {
    Json.expect(json, JsonToken.START_ARRAY, "'outputs'");
    while (json.nextToken() != JsonToken.END_ARRAY) {
      if (outputs.size() == MAX_OUTPUTS) {
        throw Json.malformed("more than " + MAX_OUTPUTS + " outputs");
      }
      outputs.add(output(json));
    }
  }

  private static WantedOutput output(JsonParser json) throws IOException, InferenceRefusal {
    Json.expect(json, JsonToken.START_OBJECT, "an output");
    Optional<String> name = Optional.empty();
    Optional<Boolean> binary = Optional.empty();
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String member = json.currentName();
      if (!Json.hasValue(json)) {
        continue;
      }
      switch (member) {
        case "name" -> name = Optional.of(Json.text(json, "an output's 'name'"));
        case "parameters" -> binary = flag(json, "binary_data");
        default -> json.skipChildren();
      }
    }
    Optional<Boolean> wanted = binary;
    return name.map(known -> new WantedOutput(known, wanted))
        .orElseThrow(() -> Json.malformed("an output lacks 'name'"));
  }

  /** One flag of {@code $parameters}; the others are for other servers. */
  private static Optional<Boolean> flag(JsonParser json, String name)
      throws IOException, InferenceRefusal {
    Json.expect(json, JsonToken.START_OBJECT, "'parameters'");
    Optional<Boolean> flag = Optional.empty();
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String parameter = json.currentName();
      if (!Json.hasValue(json)) {
        continue;
      }
      if (parameter.equals(name)) {
        flag = Optional.of(Json.flag(json, "'" + name + "'"));
      } else {
        json.skipChildren();
      }
    }
    return flag;
  }
}
