// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.evidence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.bartizan.crypto.Digest;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MachineSettingsTest {
  private static final MachineSettings SETTINGS =
      new MachineSettings(Map.of("swap", "none", "core", "0", "ptrace", "2"));

  @Test
  void whatWasMeasuredIsReadAgain() {
    assertEquals("core=0 ptrace=2 swap=none", SETTINGS.event().description());
    assertEquals(Optional.of(SETTINGS), MachineSettings.of(SETTINGS.event()));
  }

  @Test
  void ofWhatNothingIsSaidIsUnknown() {
    assertEquals("none", SETTINGS.get("swap"));
    assertEquals(MachineSettings.UNKNOWN, SETTINGS.get("lockdown"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "swap=none core=0",
        "core=0 core=1",
        "core=0 ",
        "core",
        "core=",
        "=0",
        "core=0  swap=none",
        "Core=0",
        "core=0=1"
      })
  void otherWordsSayNothing(String text) {
    Digest digest = Digest.of(text.getBytes(StandardCharsets.UTF_8));
    assertEquals(
        Optional.empty(),
        MachineSettings.of(new AgentEvent(AgentEvent.Kind.SETTINGS, digest, text)));
  }

  @Test
  void theDigestIsOfTheWords() {
    AgentEvent event = SETTINGS.event();
    Digest other = Digest.of(new byte[0]);
    assertEquals(
        Optional.empty(),
        MachineSettings.of(new AgentEvent(event.kind(), other, event.description())));
  }

  @Test
  void anotherKindOfEventIsNone() {
    AgentEvent event = SETTINGS.event();
    assertEquals(
        Optional.empty(),
        MachineSettings.of(
            new AgentEvent(AgentEvent.Kind.POLICY, event.digest(), event.description())));
  }

  @Test
  void moreThanAnEventHoldsIsNoSettings() {
    Map<String, String> many = new HashMap<>();
    for (char name = 'a'; name <= 'z'; name++) {
      many.put("setting-" + name, "12345678");
    }
    assertThrows(IllegalArgumentException.class, () -> new MachineSettings(many));
    assertThrows(IllegalArgumentException.class, () -> new MachineSettings(Map.of()));
  }
}
