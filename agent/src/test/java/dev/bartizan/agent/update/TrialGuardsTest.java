// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.update;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What is held against a release, and how often that is wrong. */
class TrialGuardsTest {
  private static final long MILLISECOND = 1_000_000;

  @Test
  void theCalculationIsTheBinomialTail() {
    assertEquals(1, FalseAlarm.probability(10, 0, 0.5));
    assertEquals(1.0 / 1024, FalseAlarm.probability(10, 10, 0.5), 1e-12);
    assertEquals(0.5, FalseAlarm.probability(9, 5, 0.5), 1e-12);
    assertEquals(0.000715, FalseAlarm.probability(30, 24, 0.5), 1e-6);
    assertEquals(0, FalseAlarm.probability(10, 1, 0));
    assertEquals(1, FalseAlarm.probability(10, 10, 1));
    assertEquals(1, FalseAlarm.probability(100_000, 1000, 0.5), 1e-6);
  }

  @Test
  void aReleaseThatTakesFiveTimesAsLongIsTooSlowAtThreeTimes() {
    SideBySide sides = new SideBySide(300);
    for (int i = 0; i < SideBySide.LEAST - 1; i++) {
      sides.pair(MILLISECOND, 5 * MILLISECOND);
    }
    assertEquals(Optional.empty(), sides.fault());
    sides.pair(MILLISECOND, 5 * MILLISECOND);
    assertTrue(sides.fault().orElseThrow().startsWith("LATENCY"));
  }

  @Test
  void aReleaseThatIsAsFastAsItMayBeIsSeldomTakenForTooSlow() {
    int alarms = 0;
    Random random = new Random(7);
    for (int release = 0; release < 20_000; release++) {
      SideBySide sides = new SideBySide(100);
      for (int i = 0; i < SideBySide.PAIRS; i++) {
        sides.pair(1000 + random.nextInt(1000), 1000 + random.nextInt(1000));
      }
      alarms += sides.fault().isPresent() ? 1 : 0;
    }
    assertTrue(alarms <= 20_000 * FalseAlarm.RATE, alarms + " alarms");
  }

  @Test
  void goldenRunsThatFailAsOftenAsTheyMayAreSeldomAFault() {
    int alarms = 0;
    Random random = new Random(7);
    for (int release = 0; release < 20_000; release++) {
      GoldenRuns runs = new GoldenRuns(10);
      for (int i = 0; i < 640; i++) {
        if (random.nextInt(100) == 0) {
          runs.failed();
        } else {
          runs.answered();
        }
      }
      alarms += runs.fault().isPresent() ? 1 : 0;
    }
    assertTrue(alarms <= 20_000 * FalseAlarm.RATE, alarms + " alarms");
  }

  @Test
  void goldenRunsThatFailAreAFaultOnceThereAreEnough() {
    GoldenRuns runs = new GoldenRuns(10);
    for (int i = 0; i < GoldenRuns.LEAST - 1; i++) {
      runs.failed();
    }
    assertEquals(Optional.empty(), runs.fault());
    runs.failed();
    assertTrue(runs.fault().orElseThrow().startsWith("ERROR_RATE: 10 of 10"));
  }
}
