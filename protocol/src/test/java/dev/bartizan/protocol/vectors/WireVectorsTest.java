// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.vectors;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.protocol.command.CommandVerifier;
import dev.bartizan.protocol.enrolment.KeysFinishRequest;
import dev.bartizan.protocol.release.DevicePolicy;
import dev.bartizan.protocol.release.SoftwareManifest;
import dev.bartizan.protocol.release.SuiteManifest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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
  private static final Path FOLDER = Path.of("../docs/vectors");

  /** What our own code makes of a document. */
  private interface Reader {
    void read(byte[] document) throws Refusal;
  }

  private record Format(String file, String heading, Vectors vectors, Reader reader) {
    Path path() {
      return FOLDER.resolve(file + ".json");
    }
  }

  private static List<Format> formats() throws Refusal {
    return List.of(
        new Format("suite", "Suite", DocumentVectors.suite(), SuiteManifest::parse),
        new Format(
            "software",
            "Policy, reference values, software",
            DocumentVectors.software(),
            SoftwareManifest::parse),
        new Format(
            "policy",
            "Policy, reference values, software",
            DocumentVectors.policy(),
            DevicePolicy::parse),
        new Format(
            "enrolment-keys-finish",
            "Enrolment",
            DocumentVectors.keysFinish(),
            KeysFinishRequest::read),
        new Format(
            "command",
            "Command",
            DocumentVectors.command(),
            document ->
                new CommandVerifier(DocumentVectors.DEVICE, DocumentVectors.GROUPS)
                    .accept(document, DocumentVectors.KEYS, DocumentVectors.NOW)));
  }

  @TestFactory
  Stream<DynamicTest> eachFileIsWhatTheGeneratorMakes() throws Refusal {
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
    byte[] document = vector.path("document").asText().getBytes(UTF_8);
    if (vector.path("result").asText().equals("valid")) {
      reader.read(document);
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
  void eachFormatHasDocumentsOfBothKinds() throws Refusal {
    for (Format format : formats()) {
      long refused = format.vectors().all().stream().filter(it -> it.refusal().isPresent()).count();
      assertTrue(refused > 5, format.file());
      assertTrue(refused < format.vectors().all().size(), format.file());
    }
  }
}
