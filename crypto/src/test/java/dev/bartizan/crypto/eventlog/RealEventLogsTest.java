// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.eventlog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.PublicData;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Logs of real machines and what their PCRs held, where they lie beside the checkout. */
class RealEventLogsTest {
  @TestFactory
  List<DynamicTest> everyLogReplaysToThePcrsOfItsMachine() throws Exception {
    Path expected = PublicData.file("eventlogs/expected-pcrs.json", RealEventLogsTest.class);
    List<DynamicTest> tests = new ArrayList<>();
    JsonNode machines = new ObjectMapper().readTree(expected.toFile());
    for (Map.Entry<String, JsonNode> machine : machines.properties()) {
      tests.add(
          DynamicTest.dynamicTest(
              machine.getKey(),
              () -> check(expected.resolveSibling(machine.getKey()), machine.getValue())));
    }
    return tests;
  }

  private static void check(Path file, JsonNode expected) throws Exception {
    EventLog log = EventLog.read(Bytes.of(Files.readAllBytes(file)));
    JsonNode replayed = EventLogDocument.of(log).path("pcrs");
    for (Iterator<String> banks = expected.fieldNames(); banks.hasNext(); ) {
      String bank = banks.next();
      assertEquals(expected.get(bank), replayed.get(bank), bank);
    }
    assertFalse(log.ending().isTruncated());
    assertFalse(
        log.events().stream().map(MeasuredEvent::coverage).anyMatch(Coverage.CONTRADICTED::equals));
  }
}
