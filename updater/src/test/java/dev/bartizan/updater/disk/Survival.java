// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.disk;

/** What a file system may have kept of unsynced changes when the power came back. */
public enum Survival {
  /** Only what was synced: content by the file's sync, names by the directory's. */
  SYNCED_ONLY,
  /** Everything, as after a killed process. */
  EVERYTHING,
  /** What was synced, and by the seed some of the rest: any name old or new, tails torn or zero. */
  RANDOM_SUBSET
}
