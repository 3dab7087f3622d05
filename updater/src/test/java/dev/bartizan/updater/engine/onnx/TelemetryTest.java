// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.engine.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.bartizan.updater.engine.RuntimeRefusal;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The runtime's maker is told nothing. */
class TelemetryTest {
  // Telemetry: once it is loaded, the runtime has read the machine's id and asked for a host.
  @Test
  void theRuntimeIsNotLoadedWhereItWouldTellItsMaker() throws Exception {
    for (String setting : new String[] {"", "0", "true", "11"}) {
      assertRefused(Optional.of(setting));
    }
    assertRefused(Optional.empty());
    OnnxRuntime.requireSilence(Optional.of("1"));
  }

  private static void assertRefused(Optional<String> setting) {
    RuntimeRefusal refusal =
        assertThrows(RuntimeRefusal.class, () -> OnnxRuntime.requireSilence(setting));
    assertEquals("ORT_DISABLE_TELEMETRY", refusal.variable());
  }
}
