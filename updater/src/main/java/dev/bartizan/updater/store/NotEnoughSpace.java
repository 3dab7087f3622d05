// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.store;

import java.io.IOException;

/** The disk has no room for what was about to be written; nothing was. */
public final class NotEnoughSpace extends IOException {
  private static final long serialVersionUID = 1L;

  private final long neededBytes;
  private final long freeBytes;

  NotEnoughSpace(long neededBytes, long freeBytes) {
    super("NO_SPACE: " + neededBytes + " bytes needed, " + freeBytes + " free");
    this.neededBytes = neededBytes;
    this.freeBytes = freeBytes;
  }

  /** What would have to be free, the reserve for the device's own records included. */
  public long neededBytes() {
    return neededBytes;
  }

  public long freeBytes() {
    return freeBytes;
  }
}
