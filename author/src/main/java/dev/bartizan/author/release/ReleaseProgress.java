// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.author.release;

/** Hears how far a release is. */
@FunctionalInterface
public interface ReleaseProgress {
  ReleaseProgress NONE = (step, bytes, total) -> {};

  /** Step {@code "encrypt"} has {@code bytes} of {@code total} behind it. */
  void at(String step, long bytes, long total);
}
