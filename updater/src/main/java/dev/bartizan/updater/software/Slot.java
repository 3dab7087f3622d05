// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.software;

import java.util.Locale;
import java.util.Optional;

/** Where a version of the agent lies. */
public enum Slot {
  /** What was installed together with the launcher. Never written to from here. */
  BASE,
  A,
  B;

  /** As the launcher calls it, and its directory. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The one that the launcher calls so. */
  public static Optional<Slot> find(String text) {
    for (Slot slot : values()) {
      if (slot.text().equals(text)) {
        return Optional.of(slot);
      }
    }
    return Optional.empty();
  }
}
