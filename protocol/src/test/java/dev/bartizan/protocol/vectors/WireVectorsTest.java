// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.vectors;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bartizan.crypto.Refusal;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * docs/vectors, for whoever reads our formats with other code. With {@code -Dvectors.write=true}
 * the files are made anew: only where a format was meant to change.
 */
final class WireVectorsTest {
  private static List<Format> formats() throws Exception {
    List<Format> formats = new ArrayList<>(DocumentVectors.formats());
    formats.addAll(ReleaseVectors.formats());
    formats.addAll(EvidenceVectors.formats());
    formats.addAll(EnrolmentVectors.formats());
    return formats;
  }

  @TestFactory
  Stream<DynamicTest> eachFileIsWhatTheGeneratorMakes() throws Exception {
    return formats().stream()
        .map(
            format ->
                DynamicTest.dynamicTest(
                    format.file(),
                    () -> {
                      byte[] made = format.vectors().write(format.heading());
                      if (Boolean.getBoolean("vectors.write")) {
                        Files.write(format.path(), made);
                      }
                      assertEquals(Files.readString(format.path()), new String(made, UTF_8));
                    }));
  }

  @TestFactory
  List<DynamicTest> eachDocumentOfAFileIsTakenOrRefusedAsItSays() throws Exception {
    List<DynamicTest> tests = new ArrayList<>();
    for (Format format : formats()) {
      for (JsonNode vector :
          new ObjectMapper().readTree(Files.readAllBytes(format.path())).path("vectors")) {
        tests.add(
            DynamicTest.dynamicTest(
                format.file() + ": " + vector.path("name").asText(),
                () -> check(format.reader(), vector)));
      }
    }
    return tests;
  }

  private static void check(Reader reader, JsonNode vector) throws Exception {
    byte[] document =
        vector.has("document_hex")
            ? HexFormat.of().parseHex(vector.path("document_hex").asText())
            : vector.path("document").asText().getBytes(UTF_8);
    if (vector.path("result").asText().equals("valid")) {
      JsonNode values = reader.read(document);
      assertEquals(vector.path("values").toString(), values.isEmpty() ? "" : values.toString());
      return;
    }
    assertEquals("refused", vector.path("result").asText());
    Refusal refusal = assertThrows(Refusal.class, () -> reader.read(document));
    assertTrue(
        (refusal.code() + " " + refusal.getMessage())
            .contains(vector.path("refusal_names").asText()),
        refusal.code() + " " + refusal.getMessage());
  }

  @Test
  void eachFormatHasDocumentsOfBothKinds() throws Exception {
    for (Format format : formats()) {
      long refused = format.vectors().all().stream().filter(it -> it.refusal().isPresent()).count();
      assertTrue(refused > 2, format.file());
      assertTrue(refused < format.vectors().all().size(), format.file());
    }
  }
}
