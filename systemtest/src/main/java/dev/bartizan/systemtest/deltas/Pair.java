// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.deltas;

import java.nio.file.Path;

/**
 * Two files of the corpus, one to be made from the other.
 *
 * @param what happened between them, in a few words
 */
record Pair(String name, Path old, Path next, String what, Kind kind) {

  /** What may be asked of a difference between the two; the corpus script explains the kinds. */
  enum Kind {
    SMALL("tuned by small steps"),
    FAR("moved far"),
    DERIVED("derived from the old one: adapter, batch norm, cast"),
    PRUNED("pruned for the first time"),
    SCRATCH("trained from scratch"),
    SAME("mostly the same bytes"),
    ANY("others");

    private final String title;

    Kind(String title) {
      this.title = title;
    }

    String title() {
      return title;
    }
  }

  /** Whether these are models; the others are texts, archives, noise. */
  boolean isModel() {
    return !next.toString().endsWith(".bin");
  }
}
