// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.deltas;

import java.io.IOException;
import java.nio.file.Path;

/** Something that can make a new file from an old one and a difference. */
interface Contender {
  /** What it knows about the files. */
  enum Sort {
    /** The engine this is all about. */
    OURS,
    /** Sees bytes. */
    BYTES,
    /** Sees the numbers of tensors. */
    TENSORS
  }

  String name();

  Sort sort();

  /** Whether it takes such files at all; some tools refuse empty ones. */
  default boolean takes(long oldLength, long newLength) {
    return true;
  }

  /**
   * Makes the difference and applies it.
   *
   * @param out where the rebuilt file goes
   * @param work an empty directory to work in
   */
  Measured run(Pair pair, Path out, Path work) throws IOException, InterruptedException;

  /**
   * What a contender needed for one pair.
   *
   * @param bytes what would travel
   */
  record Measured(long bytes, Timed create, Timed apply) {}
}
