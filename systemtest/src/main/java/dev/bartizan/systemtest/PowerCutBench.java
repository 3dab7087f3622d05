// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest;

import dev.bartizan.updater.disk.Survival;
import dev.bartizan.updater.install.PowerCuts;
import dev.bartizan.updater.tuf.MetadataCuts;
import java.util.Locale;

/**
 * Every call to the disk of whole updates and refreshes, and every call of the recovery after it,
 * under each model of what a disk keeps. The first state that does not hold ends it, by name.
 */
final class PowerCutBench {
  private static final int SEEDS_ONCE = 20;
  private static final int SEEDS_TWICE = 3;

  /** A refresh verifies signatures, which costs more than all the rest. */
  private static final int REFRESH_STRIDE = 4;

  private PowerCutBench() {}

  static void run() throws Exception {
    long begin = System.nanoTime();
    PowerCuts updates = new PowerCuts();
    MetadataCuts refreshes = new MetadataCuts();
    try {
      tell(updates, refreshes);
    } finally {
      System.out.printf(
          Locale.ROOT,
          "power cuts: %d states of updates and %d of refreshes held, in %d s%n",
          updates.states(),
          refreshes.states(),
          (System.nanoTime() - begin) / 1_000_000_000);
    }
    System.out.println("power cuts: 0 failures");
  }

  private static void tell(PowerCuts updates, MetadataCuts refreshes) throws Exception {
    updates.anErrorAtEachCall();
    updates.aFullDiskFromEachCall();
    updates.aCutAndThenAFullDisk();
    refreshes.anErrorOrAFullDiskAtEachCall();
    for (Survival survival : Survival.values()) {
      boolean isDrawn = survival == Survival.RANDOM_SUBSET;
      updates.once(survival, isDrawn ? SEEDS_ONCE : 1);
      updates.twice(survival, 1, isDrawn ? SEEDS_TWICE : 1);
      refreshes.twice(survival, REFRESH_STRIDE, 1);
    }
  }
}
