// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.tuf;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.updater.disk.Survival;
import org.junit.jupiter.api.Test;

/** A refresh that goes wrong at any call to the disk, and once more while it is made good. */
class MetadataCutTest {
  private static final int STRIDE = 24;

  @Test
  void leavesTheOldSetOrTheNewOneAndArrivesByItself() throws Exception {
    MetadataCuts cuts = new MetadataCuts();
    cuts.anErrorOrAFullDiskAtEachCall();
    for (Survival survival : Survival.values()) {
      cuts.twice(survival, STRIDE, 1);
    }
    System.out.println("power cuts: " + cuts.states() + " states of a refresh");
    assertTrue(cuts.states() > 100, "only " + cuts.states() + " states");
  }
}
