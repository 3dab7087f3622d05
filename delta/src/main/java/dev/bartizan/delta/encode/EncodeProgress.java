// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.delta.encode;

/** Hears how far the encoder is. */
@FunctionalInterface
public interface EncodeProgress {
  EncodeProgress NONE = (bytes, total) -> {};

  /** {@code bytes} of {@code total} of the new file are encoded. */
  void encoded(long bytes, long total);
}
