// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.golden;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.updater.engine.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * docs/vectors/golden-layout.json: folders of golden vectors, their tensors written by ONNX's own
 * writer, and what a reader finds in them or has to refuse. With {@code -Dvectors.write=true} it is
 * made anew.
 */
class GoldenLayoutVectorsTest {
  private static final Path FILE = Path.of("../docs/vectors/golden-layout.json");
  private static final HexFormat HEX = HexFormat.of();
  private static final String IN = "test_data_set_0/input_0.pb";
  private static final String OUT = "test_data_set_0/output_0.pb";

  /** ONNX's test data as its writer wrote it; see make.py beside it. */
  private static final List<String> TENSORS =
      List.of(
          "float-raw",
          "float-typed",
          "double-typed",
          "float16-typed",
          "int8-typed",
          "uint8-typed",
          "int64-raw",
          "uint32-typed",
          "uint64-typed",
          "bool-typed",
          "strings",
          "scalar",
          "empty");

  private static byte[] made() throws Exception {
    ObjectNode file = StrictJson.object().put("format", "Release manifest");
    ArrayNode vectors = file.putArray("vectors");
    byte[] floats = tensor("float-raw");
    for (String name : TENSORS) {
      valid(vectors, "answers with " + name, Map.of(IN, floats, OUT, tensor(name)));
    }
    valid(
        vectors,
        "two sets, the second with two inputs",
        Map.of(
            IN,
            floats,
            OUT,
            floats,
            "test_data_set_1/input_0.pb",
            floats,
            "test_data_set_1/input_1.pb",
            tensor("scalar"),
            "test_data_set_1/output_0.pb",
            floats));
    valid(vectors, "none", Map.of());
    refused(vectors, "no output", Map.of(IN, floats), "test_data_set_0");
    String second = "test_data_set_0/input_1.pb";
    refused(vectors, "a gap", Map.of(second, floats, OUT, floats), "test_data_set_0");
    refused(vectors, "another file", Map.of(IN, floats, OUT, floats, "README", floats), "README");
    refused(vectors, "an output cut short", Map.of(IN, floats, OUT, cut(floats)), OUT);
    refused(vectors, "an input that is empty", Map.of(IN, new byte[0], OUT, floats), IN);
    return StrictJson.writeIndented(file);
  }

  private static byte[] tensor(String name) throws IOException {
    try (InputStream in =
        GoldenLayoutVectorsTest.class.getResourceAsStream(
            "/vectors/onnx-tensors/" + name + ".pb")) {
      return in.readAllBytes();
    }
  }

  private static byte[] cut(byte[] content) {
    return Arrays.copyOf(content, content.length - 1);
  }

  private static ObjectNode vector(ArrayNode vectors, String name, Map<String, byte[]> files) {
    ObjectNode vector = vectors.addObject().put("name", name);
    ObjectNode document = vector.putObject("files_hex");
    new TreeMap<>(files).forEach((path, content) -> document.put(path, HEX.formatHex(content)));
    return vector;
  }

  private static void valid(ArrayNode vectors, String name, Map<String, byte[]> files)
      throws Exception {
    ObjectNode vector = vector(vectors, name, files).put("result", "valid");
    vector.set("values", values(read(vector)));
  }

  private static void refused(
      ArrayNode vectors, String name, Map<String, byte[]> files, String names) {
    vector(vectors, name, files).put("result", "refused").put("refusal_names", names);
  }

  private static GoldenVectors read(JsonNode vector) throws GoldenRefusal {
    Map<String, Bytes> files = new TreeMap<>();
    vector
        .path("files_hex")
        .properties()
        .forEach(it -> files.put(it.getKey(), Bytes.of(HEX.parseHex(it.getValue().asText()))));
    return GoldenVectors.read(files, Tolerance.ONNX);
  }

  private static ObjectNode values(GoldenVectors golden) {
    ObjectNode values = StrictJson.object();
    for (GoldenSet set : golden.sets()) {
      ObjectNode own = values.putObject(set.name());
      set.inputs().forEach(it -> own.withArray("inputs").add(value(it)));
      set.outputs().forEach(it -> own.withArray("outputs").add(value(it)));
    }
    return values;
  }

  private static ObjectNode value(NamedTensor named) {
    Tensor tensor = named.tensor();
    ObjectNode value =
        StrictJson.object().put("name", named.name()).put("datatype", tensor.type().name());
    ArrayNode shape = value.putArray("shape");
    tensor.shape().dimensions().forEach(shape::add);
    if (tensor instanceof Tensor.Texts texts) {
      ArrayNode all = value.putArray("texts");
      texts.elements().forEach(all::add);
    } else if (tensor instanceof Tensor.Numbers numbers) {
      value.put("content_hex", hex(numbers.content()));
    }
    return value;
  }

  private static String hex(ByteBuffer content) {
    byte[] bytes = new byte[content.remaining()];
    content.get(bytes);
    return HEX.formatHex(bytes);
  }

  @Test
  void theFileIsWhatTheGeneratorMakes() throws Exception {
    byte[] made = made();
    if (Boolean.getBoolean("vectors.write")) {
      Files.write(FILE, made);
    }
    assertEquals(Files.readString(FILE), new String(made, UTF_8));
  }

  @TestFactory
  List<DynamicTest> eachFolderIsReadOrRefusedAsTheFileSays() throws Exception {
    List<DynamicTest> tests = new ArrayList<>();
    for (JsonNode vector : new ObjectMapper().readTree(Files.readAllBytes(FILE)).path("vectors")) {
      tests.add(DynamicTest.dynamicTest(vector.path("name").asText(), () -> check(vector)));
    }
    assertTrue(tests.size() > TENSORS.size());
    return tests;
  }

  private static void check(JsonNode vector) throws Exception {
    if (vector.path("result").asText().equals("valid")) {
      assertEquals(
          vector.path("values"), new ObjectMapper().readTree(values(read(vector)).toString()));
      return;
    }
    GoldenRefusal refusal = assertThrows(GoldenRefusal.class, () -> read(vector));
    String message = String.valueOf(refusal.getMessage());
    assertTrue(message.contains(vector.path("refusal_names").asText()), message);
  }
}
