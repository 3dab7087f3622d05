// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.delta.encode;

import static dev.bartizan.delta.encode.ModelBytes.floats;
import static dev.bartizan.delta.encode.ModelBytes.tuned;
import static dev.bartizan.delta.encode.ModelBytes.weights;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.delta.format.DeltaRefusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * docs/vectors/delta.json: deltas that any reader of the container must apply to the byte, and ones
 * that it must refuse. With {@code -Dvectors.write=true} it is made anew: when the format was meant
 * to change, or the encoder finds shorter ones.
 */
class DeltaVectorsTest {
  private static final Path FILE = Path.of("../docs/vectors/delta.json");
  private static final HexFormat HEX = HexFormat.of();
  private static final int SIDE = 24;
  private static final double[] OLD = weights(1, SIDE, SIDE);
  private static final byte[] BASE = model(OLD, "a model");

  private static byte[] model(double[] weights, String text) {
    byte[] numbers = new byte[SIDE];
    Arrays.fill(numbers, (byte) text.length());
    return new ModelBytes()
        .withNode(text)
        .with("weights", ModelBytes.FLOAT, floats(weights), SIDE, SIDE)
        .with("zero points", ModelBytes.INT8, numbers, SIDE)
        .build();
  }

  private static byte[] made() throws IOException {
    ObjectNode file = StrictJson.object().put("format", "Delta container");
    file.putObject("given").put("base_hex", HEX.formatHex(BASE));
    ArrayNode vectors = file.putArray("vectors");
    byte[] changed = BASE.clone();
    changed[70] ^= 1;
    double[] tuned = tuned(OLD, 2, SIDE, SIDE, 1e-3);
    valid(vectors, "the base itself", BASE.clone());
    valid(vectors, "one byte of it changed", changed);
    valid(vectors, "numbers that moved a little", model(tuned, "a model"));
    valid(vectors, "numbers and text of another length", model(tuned, "a model, tuned"));
    valid(vectors, "something else", "nothing of the base".getBytes(UTF_8));
    valid(vectors, "nothing", new byte[0]);
    byte[] good = DeltaTrial.delta(BASE, changed);
    refused(vectors, "not all of it", Arrays.copyOf(good, good.length - 1), "TRUNCATED");
    refused(vectors, "a byte behind it", Arrays.copyOf(good, good.length + 1), "EXTRA_DATA");
    refused(vectors, "another magic", flipped(good, 0), "");
    refused(vectors, "a later version", flipped(good, 8), "");
    refused(vectors, "from another base", flipped(good, 20), "WRONG_BASE");
    refused(vectors, "to another result", flipped(good, 60), "");
    refused(vectors, "a payload that was changed", flipped(good, good.length - 1), "");
    refused(vectors, "nothing at all", new byte[0], "TRUNCATED");
    return StrictJson.writeIndented(file);
  }

  private static byte[] flipped(byte[] delta, int at) {
    byte[] changed = delta.clone();
    changed[at] ^= 1;
    return changed;
  }

  private static void valid(ArrayNode vectors, String name, byte[] result) throws IOException {
    vectors
        .addObject()
        .put("name", name)
        .put("document_hex", HEX.formatHex(DeltaTrial.delta(BASE, result)))
        .put("result", "valid")
        .putObject("values")
        .put("length", result.length)
        .put("sha256", Digest.of(result).hex());
  }

  private static void refused(ArrayNode vectors, String name, byte[] delta, String code) {
    ObjectNode vector = vectors.addObject().put("name", name);
    vector.put("document_hex", HEX.formatHex(delta)).put("result", "refused");
    if (!code.isEmpty()) {
      vector.put("refusal_names", code);
    }
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
  List<DynamicTest> eachDeltaIsAppliedOrRefusedAsTheFileSays() throws Exception {
    JsonNode file = new ObjectMapper().readTree(Files.readAllBytes(FILE));
    byte[] base = HEX.parseHex(file.at("/given/base_hex").asText());
    List<DynamicTest> tests = new ArrayList<>();
    for (JsonNode vector : file.path("vectors")) {
      byte[] delta = HEX.parseHex(vector.path("document_hex").asText());
      tests.add(
          DynamicTest.dynamicTest(vector.path("name").asText(), () -> check(vector, base, delta)));
    }
    assertTrue(tests.size() > 10);
    return tests;
  }

  private static void check(JsonNode vector, byte[] base, byte[] delta) throws Exception {
    if (vector.path("result").asText().equals("valid")) {
      byte[] result = DeltaTrial.apply(base, delta);
      assertEquals(vector.at("/values/length").asInt(), result.length);
      assertEquals(vector.at("/values/sha256").asText(), Digest.of(result).hex());
      return;
    }
    DeltaRefusal refusal = assertThrows(DeltaRefusal.class, () -> DeltaTrial.apply(base, delta));
    assertTrue(refusal.code().contains(vector.path("refusal_names").asText()), refusal.code());
  }
}
