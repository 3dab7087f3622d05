package dev.bartizan.agent.serve.oip;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import dev.bartizan.agent.serve.InferenceRefusal;
import dev.bartizan.agent.serve.InferenceRefusal.Reason;
import dev.bartizan.agent.serve.oip.InferenceRequest.WantedOutput;
import dev.bartizan.updater.onnx.Tensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads {@code $inference_request} from a workspace's body. */
final class RequestReader {
  private static final int MAX_OUTPUTS = 1024;

  private final Workspace memory;
  private final int jsonLength;
  private final BinaryTensors binaryTensors;
  private final Map<String, Tensor> inputs = new LinkedHashMap<>();
  private final List<WantedOutput> outputs = new ArrayList<>();
  private Optional<String> id = Optional.empty();
  private boolean binary;
  private boolean hasInputs;

  /**
   * @param jsonLength where the JSON ends and binary tensor data starts
   */
  RequestReader(Workspace memory, int jsonLength) {
    this.memory = memory;
    this.jsonLength = jsonLength;
    this.binaryTensors = new BinaryTensors(memory, jsonLength);
  }

  InferenceRequest read() throws InferenceRefusal {
    try (JsonParser json = Json.FACTORY.createParser(memory.body(), 0, jsonLength)) {
      json.nextToken();
      request(json);
      if (json.nextToken() != null) {
        throw Json.malformed("something follows the request");
      }
    } catch (JsonProcessingException notJson) {
      throw new InferenceRefusal(
          Reason.MALFORMED, "not the JSON expected: " + notJson.getOriginalMessage(), notJson);
    } catch (IOException impossible) {
      throw new IllegalStateException("memory cannot fail to be read", impossible);
    }
    binaryTensors.end();
    return new InferenceRequest(id, inputs, outputs, binary);
  }

  private void request(JsonParser json) throws IOException, InferenceRefusal {
    Json.expect(json, JsonToken.START_OBJECT, "the request, an object,");
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String member = json.currentName();
      json.nextToken();
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

  private void inputs(JsonParser json) throws IOException, InferenceRefusal {
    Json.expect(json, JsonToken.START_ARRAY, "'inputs'");
    hasInputs = true;
    while (json.nextToken() != JsonToken.END_ARRAY) {
      InputReader.Input input = new InputReader(json, jsonLength, memory, binaryTensors).read();
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
      json.nextToken();
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
      json.nextToken();
      if (parameter.equals(name)) {
        flag = Optional.of(Json.flag(json, "'" + name + "'"));
      } else {
        json.skipChildren();
      }
    }
    return flag;
  }
}
