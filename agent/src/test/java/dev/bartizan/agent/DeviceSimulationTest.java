// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * As many lives as an ordinary build has time for; {@code ./install.sh bench simulate} has more.
 */
class DeviceSimulationTest {
  /** Each of them verifies every signature that it trusts. */
  private static final int LIVES = Integer.getInteger("bartizan.lives", 100);

  @TempDir private Path home;

  @Test
  void howeverALifeGoesTheDeviceComesToBelieveWhatTheFleetSaysAndNeverWhatItSaidBefore()
      throws Exception {
    DeviceSimulation simulation = new DeviceSimulation(home);
    for (long seed = 0; seed < LIVES; seed++) {
      simulation.live(seed);
    }
    Set<String> everyKind =
        Set.of("power cut", "disk error", "disk full", "link down", "killed", "clock set back");
    assertTrue(
        LIVES < 20 || simulation.faults().keySet().containsAll(everyKind),
        simulation.faults().toString());
  }
}
