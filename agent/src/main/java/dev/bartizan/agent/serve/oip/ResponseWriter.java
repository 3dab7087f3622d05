// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.serve.oip;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.bartizan.agent.serve.Inference;
import dev.bartizan.agent.serve.ServedModel;
import dev.bartizan.agent.serve.http.Answer;
import dev.bartizan.agent.serve.http.HttpRefusal;
import dev.bartizan.agent.serve.http.MemoryShare;
import dev.bartizan.updater.engine.Tensor;
import dev.bartizan.updater.engine.TensorSpec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Writes the protocol's response objects. */
final class ResponseWriter {
  private static final String PLATFORM = "onnx_onnxv1";
  private static final String BINARY = "application/octet-stream";

  /** Something that goes into one JSON object. */
  private interface Members {
    void write(JsonGenerator json) throws IOException;
  }

  private ResponseWriter() {}

  /** {@code $metadata_server_response}. */
  static Answer server(String version) {
    return json(
        200,
        json -> {
          json.writeStringField("name", "bartizan");
          json.writeStringField("version", version);
          json.writeArrayFieldStart("extensions");
          json.writeString("binary_tensor_data");
          json.writeEndArray();
        });
  }

  /** A health answer with one flag; 503 when it is false. */
  static Answer health(String flag, boolean good) {
    return json(good ? 200 : 503, json -> json.writeBooleanField(flag, good));
  }

  /** {@code $ready_model_response}. */
  static Answer modelReady(String name, boolean ready) {
    return json(
        ready ? 200 : 503,
        json -> {
          json.writeStringField("name", name);
          json.writeBooleanField("ready", ready);
        });
  }

  /** {@code $metadata_model_response}. */
  static Answer model(ServedModel model) {
    return json(
        200,
        json -> {
          json.writeStringField("name", model.name());
          json.writeArrayFieldStart("versions");
          json.writeString(model.version());
          json.writeEndArray();
          json.writeStringField("platform", PLATFORM);
          specs(json, "inputs", model.inputs());
          specs(json, "outputs", model.outputs());
        });
  }

  /**
   * {@code $inference_response}, binary tensors behind it.
   *
   * <p>Numbers are never copied: in JSON they are written while the answer is sent, and in binary
   * they are sent from where the model left them.
   */
  static Answer inference(InferenceRequest request, Inference inference, MemoryShare memory)
      throws HttpRefusal {
    return isStreamed(request, inference)
        ? streamed(request, inference, memory)
        : whole(request, inference, memory);
  }

  /**
   * The length of the JSON stands before what is binary; and one text may be as long as it likes.
   */
  private static boolean isStreamed(InferenceRequest request, Inference inference) {
    return inference.outputs().entrySet().stream()
        .noneMatch(it -> request.wantsBinary(it.getKey()) || it.getValue() instanceof Tensor.Texts);
  }

  private static Answer streamed(InferenceRequest request, Inference inference, MemoryShare memory)
      throws HttpRefusal {
    memory.reserve(InferenceJson.memory(inference));
    InferenceJson json = new InferenceJson(request.id(), inference);
    ByteBuffer first = json.next();
    return json.hasNext()
        ? Answer.streamed(Answer.JSON, json.after(first))
        : new Answer(200, Answer.JSON, Map.of(), first);
  }

  private static Answer whole(InferenceRequest request, Inference inference, MemoryShare memory)
      throws HttpRefusal {
    List<ByteBuffer> binary = new ArrayList<>();
    Pieces json = new Pieces(memory);
    try (JsonGenerator members = Json.FACTORY.createGenerator(json)) {
      InferenceJson.begin(members, request.id(), inference);
      for (Map.Entry<String, Tensor> output : inference.outputs().entrySet()) {
        InferenceJson.beginOutput(members, output.getKey(), output.getValue());
        if (request.wantsBinary(output.getKey())) {
          List<ByteBuffer> pieces = BinaryTensors.pieces(output.getValue(), memory);
          binary.addAll(pieces);
          members.writeObjectFieldStart("parameters");
          members.writeNumberField(BinaryTensors.SIZE, length(pieces));
          members.writeEndObject();
        } else {
          members.writeArrayFieldStart("data");
          elements(members, output.getValue());
          members.writeEndArray();
        }
        members.writeEndObject();
      }
      members.writeEndArray();
      members.writeEndObject();
    } catch (Pieces.NoRoom full) {
      throw full.refusal();
    } catch (IOException impossible) {
      throw new IllegalStateException("memory cannot fail to be written", impossible);
    }
    return answer(json, binary);
  }

  private static long length(List<ByteBuffer> pieces) {
    return pieces.stream().mapToLong(ByteBuffer::remaining).sum();
  }

  private static Answer answer(Pieces json, List<ByteBuffer> binary) {
    if (length(binary) == 0) {
      return new Answer(200, Answer.JSON, Map.of(), json.pieces());
    }
    List<ByteBuffer> all = new ArrayList<>(json.pieces());
    all.addAll(binary);
    Map<String, String> headers = Map.of(BinaryTensors.JSON_LENGTH, String.valueOf(json.length()));
    return new Answer(200, BINARY, headers, all);
  }

  private static void elements(JsonGenerator json, Tensor tensor) throws IOException {
    if (tensor instanceof Tensor.Texts texts) {
      for (String text : texts.elements()) {
        json.writeString(text);
      }
      return;
    }
    ByteBuffer content = ((Tensor.Numbers) tensor).content();
    while (content.hasRemaining()) {
      InferenceJson.element(json, tensor.type(), content);
    }
  }

  private static void specs(JsonGenerator json, String field, List<TensorSpec> specs)
      throws IOException {
    json.writeArrayFieldStart(field);
    for (TensorSpec spec : specs) {
      json.writeStartObject();
      json.writeStringField("name", spec.name());
      json.writeStringField("datatype", spec.datatype().name());
      InferenceJson.dimensions(json, spec.dimensions());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static Answer json(int status, Members members) {
    return Answer.json(status, document(members));
  }

  private static byte[] document(Members members) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (JsonGenerator json = Json.FACTORY.createGenerator(out)) {
      json.writeStartObject();
      members.write(json);
      json.writeEndObject();
    } catch (IOException impossible) {
      throw new IllegalStateException("memory cannot fail to be written", impossible);
    }
    return out.toByteArray();
  }
}
