// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.result;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bartizan.protocol.result.AttestationResult;
import dev.bartizan.protocol.result.TrustTier;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class EcsLinesTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Of ECS 8.11, those that we have anything to do with. */
  private static final Set<String> KINDS = Set.of("alert", "event");

  private static JsonNode line(AttestationResult result, int index, Instant now) throws Exception {
    return JSON.readTree(EcsLines.of(result, now).get(index));
  }

  @Test
  void anAffirmedDeviceIsOneEventOfSuccess() throws Exception {
    AttestationResult good = HostileResult.withReasons(TrustTier.AFFIRMING);
    List<String> lines = EcsLines.of(good, HostileResult.NOW);
    assertEquals(1, lines.size());
    JsonNode line = JSON.readTree(lines.get(0));
    Map.of(
            "/@timestamp", "2026-05-01T12:00:00Z",
            "/ecs/version", "8.11.0",
            "/event/kind", "event",
            "/event/category/0", "host",
            "/event/type/0", "info",
            "/event/outcome", "success",
            "/event/dataset", "bartizan.attestation",
            "/host/id", good.ueid().text(),
            "/device/id", good.ueid().text(),
            "/labels/instance_identity", "2")
        .forEach((field, value) -> assertEquals(value, line.at(field).asText(), field));
  }

  @Test
  void eachReasonIsALineAndAnAlertWhereItIsBad() throws Exception {
    AttestationResult bad = HostileResult.hostile();
    assertEquals(4, EcsLines.of(bad, HostileResult.NOW).size());
    assertEquals("failure", line(bad, 0, HostileResult.NOW).at("/event/outcome").asText());
    JsonNode finding = line(bad, 1, HostileResult.NOW);
    assertEquals("alert", finding.at("/event/kind").asText());
    assertEquals("PCR_MISMATCH", finding.at("/rule/name").asText());
    assertEquals("pcr 7", finding.at("/labels/component").asText());
    assertEquals("a", finding.at("/labels/expected").asText());
    assertEquals("event", line(bad, 3, HostileResult.NOW).at("/event/kind").asText());
  }

  @Test
  void whoseTimeIsOverIsNoSuccess() throws Exception {
    AttestationResult good = HostileResult.withReasons(TrustTier.AFFIRMING);
    JsonNode last = line(good, 0, good.expiresAt().minusSeconds(1));
    assertEquals("success", last.at("/event/outcome").asText());
    JsonNode over = line(good, 0, good.expiresAt());
    assertEquals("unknown", over.at("/event/outcome").asText());
    assertEquals("true", over.at("/labels/stale").asText());
  }

  @Test
  void whatIsNotKnownIsNoSuccess() throws Exception {
    for (TrustTier tier : List.of(TrustTier.WARNING, TrustTier.CONTRAINDICATED)) {
      AttestationResult result = HostileResult.withReasons(tier);
      JsonNode line = line(result, 0, HostileResult.NOW);
      assertTrue(Set.of("unknown", "failure").contains(line.at("/event/outcome").asText()));
    }
  }

  // Attack: a device whose words end the line and begin another, about another device.
  @Test
  void whateverADeviceSaysOfItselfStaysInItsLine() throws Exception {
    for (String line : EcsLines.of(HostileResult.hostile(), HostileResult.NOW)) {
      assertEquals(1, line.lines().count());
      JsonNode document = JSON.readTree(line);
      assertTrue(KINDS.contains(document.at("/event/kind").asText()));
      document
          .get("labels")
          .properties()
          .forEach(
              label -> {
                assertTrue(label.getValue().isTextual(), label.getKey());
                assertTrue(label.getKey().matches("[a-z_]+"), label.getKey());
              });
    }
  }
}
