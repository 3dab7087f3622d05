// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * As many lives as an ordinary build has time for; {@code ./install.sh bench simulate} has more.
 */
class DeviceSimulationTest {
  private static final long LIVES = 500;

  /** Without these, lives would not be worth much. */
  private static final Set<String> FAULTS =
      Set.of(
          "power cut",
          "power back",
          "power cut in the TPM",
          "TPM busy",
          "TPM refuses",
          "disk error",
          "disk full",
          "link down",
          "link breaks",
          "killed",
          "clock set back",
          "an old edition is served",
          "a command comes again",
          "a command comes too late",
          "a command is forged",
          "an old disk is put back");

  private static final Set<String> ENDS =
      Set.of(
          "committed",
          "rolled-back",
          "refused",
          "GOLDEN_MISMATCH",
          "MODEL_UNLOADABLE",
          "HASH_MISMATCH",
          "ERROR_RATE",
          "LATENCY",
          "BOOT_NOT_TRUSTED");

  @TempDir private Path home;

  @Test
  void howeverALifeGoesWhatWasGoodServesAndWhatTheFleetOrdersInTheEndIsDone() throws Exception {
    DeviceSimulation simulation = new DeviceSimulation(home);
    Logger log = Logger.getLogger("dev.bartizan");
    Level before = log.getLevel();
    log.setLevel(Level.OFF); // What goes wrong in a life is told by its story alone.
    try {
      simulation.liveAll(0, LIVES);
    } finally {
      log.setLevel(before);
    }
    Set<String> unseen = new TreeSet<>(Stream.of(FAULTS, ENDS).flatMap(Set::stream).toList());
    unseen.removeAll(simulation.counts().keySet());
    assertEquals(Set.of(), unseen, "in no life");
  }
}
