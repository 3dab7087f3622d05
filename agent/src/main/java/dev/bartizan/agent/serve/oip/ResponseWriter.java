// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.serve.oip;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.bartizan.agent.serve.Inference;
import dev.bartizan.agent.serve.ServedModel;
import dev.bartizan.agent.serve.http.Answer;
import dev.bartizan.agent.serve.http.HttpRefusal;
import dev.bartizan.agent.serve.http.MemoryShare;
import dev.bartizan.updater.engine.Datatype;
import dev.bartizan.updater.engine.ShortFloats;
import dev.bartizan.updater.engine.Tensor;
import dev.bartizan.updater.engine.TensorSpec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

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

  /** {@code $inference_response}, binary tensors behind it. */
  static Answer inference(InferenceRequest request, Inference inference, MemoryShare memory)
      throws HttpRefusal {
    Pieces binary = new Pieces(memory);
    Pieces json = new Pieces(memory);
    try (JsonGenerator members = Json.FACTORY.createGenerator(json)) {
      members.writeStartObject();
      members.writeStringField("model_name", inference.model());
      members.writeStringField("model_version", inference.version());
      if (request.id().isPresent()) {
        members.writeStringField("id", request.id().get());
      }
      members.writeArrayFieldStart("outputs");
      for (Map.Entry<String, Tensor> output : inference.outputs().entrySet()) {
        boolean apart = request.wantsBinary(output.getKey());
        output(members, output.getKey(), output.getValue(), apart ? binary : null);
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

  private static Answer answer(Pieces json, Pieces binary) {
    if (binary.length() == 0) {
      return new Answer(200, Answer.JSON, Map.of(), json.pieces());
    }
    List<ByteBuffer> all = new ArrayList<>(json.pieces());
    all.addAll(binary.pieces());
    Map<String, String> headers = Map.of(BinaryTensors.JSON_LENGTH, String.valueOf(json.length()));
    return new Answer(200, BINARY, headers, all);
  }

  private static void output(
      JsonGenerator json, String name, Tensor tensor, @Nullable Pieces binary)
      throws IOException, HttpRefusal {
    Datatype datatype = tensor.type();
    json.writeStartObject();
    json.writeStringField("name", name);
    json.writeStringField("datatype", datatype.name());
    dimensions(json, tensor.shape().dimensions());
    if (binary != null) {
      long before = binary.length();
      BinaryTensors.write(tensor, binary);
      json.writeObjectFieldStart("parameters");
      json.writeNumberField(BinaryTensors.SIZE, binary.length() - before);
      json.writeEndObject();
    } else {
      json.writeArrayFieldStart("data");
      elements(json, datatype, tensor);
      json.writeEndArray();
    }
    json.writeEndObject();
  }

  private static void elements(JsonGenerator json, Datatype datatype, Tensor tensor)
      throws IOException {
    if (tensor instanceof Tensor.Texts texts) {
      for (String text : texts.elements()) {
        json.writeString(text);
      }
      return;
    }
    ByteBuffer content = ((Tensor.Numbers) tensor).content();
    while (content.hasRemaining()) {
      element(json, datatype, content);
    }
  }

  private static void element(JsonGenerator json, Datatype datatype, ByteBuffer content)
      throws IOException {
    switch (datatype) {
      case FP32 -> json.writeNumber(content.getFloat());
      case FP64 -> json.writeNumber(content.getDouble());
      case FP16 -> json.writeNumber(ShortFloats.ofHalf(content.getShort()));
      case BF16 -> json.writeNumber(ShortFloats.ofBrain(content.getShort()));
      case BOOL -> json.writeBoolean(content.get() != 0);
      case INT8 -> json.writeNumber(content.get());
      case UINT8 -> json.writeNumber(content.get() & 0xff);
      case INT16 -> json.writeNumber(content.getShort());
      case UINT16 -> json.writeNumber(content.getShort() & 0xffff);
      case INT32 -> json.writeNumber(content.getInt());
      case UINT32 -> json.writeNumber(content.getInt() & 0xffff_ffffL);
      case INT64 -> json.writeNumber(content.getLong());
      case UINT64 -> json.writeNumber(Long.toUnsignedString(content.getLong()));
      case BYTES -> throw new IllegalStateException("texts are no numbers");
    }
  }

  private static void specs(JsonGenerator json, String field, List<TensorSpec> specs)
      throws IOException {
    json.writeArrayFieldStart(field);
    for (TensorSpec spec : specs) {
      json.writeStartObject();
      json.writeStringField("name", spec.name());
      json.writeStringField("datatype", spec.datatype().name());
      dimensions(json, spec.dimensions());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void dimensions(JsonGenerator json, List<Long> dimensions) throws IOException {
    json.writeArrayFieldStart("shape");
    for (long dimension : dimensions) {
      json.writeNumber(dimension);
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
