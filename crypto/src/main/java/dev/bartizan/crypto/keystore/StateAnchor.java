// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.keystore;

import dev.bartizan.crypto.Bytes;
import java.io.IOException;
import java.util.Optional;

/**
 * A few bytes that putting back an old disk does not put back.
 *
 * <p>Whoever keeps state on disk writes here what it amounts to, after it is on disk, and compares
 * at the next start. A power cut in between leaves the anchor one step behind the disk, never ahead
 * of it.
 */
public interface StateAnchor {
  /** The most there is room for. */
  int MAX_LENGTH = 160;

  /**
   * What {@link #write} wrote last; empty before the first time.
   *
   * @throws KeystoreRefusal {@code ANCHOR_MISSING} when it was taken away: whatever was anchored,
   *     nobody can say any more
   */
  Optional<Bytes> read() throws IOException, KeystoreRefusal;

  /**
   * Replaces what is anchored: old or new if the power is cut. Every write wears the chip; call it
   * when something changed.
   *
   * @param content at most {@link #MAX_LENGTH} bytes
   * @throws KeystoreRefusal {@code PCR_MISMATCH} outside the boot state the keys are bound to
   */
  void write(Bytes content) throws IOException, KeystoreRefusal;
}
