// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.keystore.Ueid;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** docs/vectors/answer.json, which a test of the agent makes, as this server reads it. */
class AnswerVectorsReadTest {
  private static final Path FILE = Path.of("../docs/vectors/answer.json");
  private static final Ueid DEVICE = Ueid.of(Digest.of(new byte[] {1}));

  @TestFactory
  List<DynamicTest> eachAnswerIsReadOrRefusedAsTheFileSays() throws Exception {
    List<DynamicTest> tests = new ArrayList<>();
    for (JsonNode vector : new ObjectMapper().readTree(Files.readAllBytes(FILE)).path("vectors")) {
      tests.add(DynamicTest.dynamicTest(vector.path("name").asText(), () -> check(vector)));
    }
    assertTrue(tests.size() > 10);
    return tests;
  }

  private static void check(JsonNode vector) throws Exception {
    byte[] document = vector.path("document").asText().getBytes(UTF_8);
    if (vector.path("result").asText().equals("valid")) {
      CommandAnswer answer = CommandAnswer.read(DEVICE, document);
      JsonNode values = vector.path("values");
      assertEquals(values.path("jti").asText(), answer.id());
      assertEquals(values.path("status").asText(), answer.status());
      assertEquals(values.path("final").asBoolean(), answer.isFinal());
      assertEquals(new ObjectMapper().readTree(document), answer.document());
      return;
    }
    Malformed refusal = assertThrows(Malformed.class, () -> CommandAnswer.read(DEVICE, document));
    assertTrue(refusal.getMessage().contains(vector.path("refusal_names").asText()));
  }
}
