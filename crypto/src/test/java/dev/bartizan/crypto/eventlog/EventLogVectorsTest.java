// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.eventlog;

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
import dev.bartizan.crypto.tpm.TpmHash;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * docs/vectors/event-log.json: logs of boots that were made up, and what is read from them. {@code
 * tpm2_eventlog} 5.4 has the same PCRs, except that it extends PCR 0 with the start-up locality,
 * which says where that PCR starts and never extends. With {@code -Dvectors.write=true} the file is
 * made anew.
 */
class EventLogVectorsTest {
  private static final Path FILE = Path.of("../docs/vectors/event-log.json");

  private static byte[] made() throws LogRefusal {
    ObjectNode file = StrictJson.object().put("format", "Event logs");
    ArrayNode vectors = file.putArray("vectors");
    Bytes good = FirmwareBoot.log("kernel 1", LogHash.SHA256);
    valid(vectors, "a boot with Secure Boot", good);
    valid(vectors, "in two banks", FirmwareBoot.log("kernel 1", LogHash.SHA1, LogHash.SHA256));
    valid(
        vectors,
        "without Secure Boot",
        FirmwareBoot.log("kernel 2", false, LogHash.of(TpmHash.SHA384)));
    byte[] bytes = good.toArray();
    valid(vectors, "cut inside an event", Bytes.of(Arrays.copyOf(bytes, bytes.length - 3)));
    valid(vectors, "zeros behind it", Bytes.of(Arrays.copyOf(bytes, bytes.length + 64)));
    refused(vectors, "nothing", new byte[0]);
    refused(vectors, "text that is no log", "{\"pcrs\":1}".getBytes(UTF_8));
    refused(vectors, "a header cut off", Arrays.copyOf(bytes, 20));
    refused(vectors, "canonical events of which one is twice", twice());
    return StrictJson.writeIndented(file);
  }

  private static byte[] twice() {
    String record =
        "{\"recnum\":0,\"pcr\":11,\"digests\":[{\"hashAlg\":\"sha256\",\"digest\":\""
            + "00".repeat(32)
            + "\"}]}";
    return ("[" + record + "," + record + "]").getBytes(UTF_8);
  }

  private static void valid(ArrayNode vectors, String name, Bytes log) throws LogRefusal {
    ObjectNode vector = vectors.addObject().put("name", name).put("document_hex", log.hex());
    vector.put("result", "valid").set("values", values(log));
  }

  private static void refused(ArrayNode vectors, String name, byte[] log) {
    ObjectNode vector = vectors.addObject().put("name", name);
    vector.put("document_hex", Bytes.of(log).hex()).put("result", "refused");
  }

  /** What two readers must agree on: what the PCRs hold, and how the log ends. */
  private static ObjectNode values(Bytes log) throws LogRefusal {
    EventLog read = EventLog.read(log);
    ObjectNode document = EventLogDocument.of(read);
    return document.put("number_of_events", read.events().size()).without(List.of("events"));
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
  List<DynamicTest> eachLogIsReadOrRefusedAsTheFileSays() throws Exception {
    List<DynamicTest> tests = new ArrayList<>();
    for (JsonNode vector : new ObjectMapper().readTree(Files.readAllBytes(FILE)).path("vectors")) {
      Bytes log = Bytes.ofHex(vector.path("document_hex").asText());
      tests.add(DynamicTest.dynamicTest(vector.path("name").asText(), () -> check(vector, log)));
    }
    assertTrue(tests.size() > 7);
    return tests;
  }

  private static void check(JsonNode vector, Bytes log) throws Exception {
    if (vector.path("result").asText().equals("valid")) {
      assertEquals(vector.path("values").toString(), values(log).toString());
    } else {
      assertThrows(LogRefusal.class, () -> EventLog.read(log));
    }
  }
}
