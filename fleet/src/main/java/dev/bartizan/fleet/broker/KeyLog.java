// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.broker;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Refusal;
import java.io.IOException;
import java.util.List;

/**
 * Which content keys were given to whom, on what evidence: a record that only grows, each entry
 * naming the one before by its digest.
 *
 * <p>Not guaranteed: that its last entries were not cut off by whoever owns this machine. Keep its
 * head elsewhere; it is printed with each verification.
 */
public interface KeyLog {
  /** What the first entry names. */
  Digest BEGINNING = new Digest(Bytes.of(new byte[Digest.LENGTH]));

  /**
   * Adds an entry. When it returns the entry is durable: the key may go.
   *
   * @throws Refusal KEY_LOG_BROKEN when what is there does not hold; nothing is added then
   */
  void add(KeyRelease given) throws IOException, Refusal;

  /**
   * A record that holds.
   *
   * @param entries the oldest first
   * @param head the digest of the last; {@link #BEGINNING} when there is none
   */
  record Verified(List<KeyRelease> entries, Digest head) {
    public Verified {
      entries = List.copyOf(entries);
    }
  }

  /**
   * All of it.
   *
   * @throws Refusal KEY_LOG_BROKEN at the first entry that does not follow from the one before
   */
  Verified verified() throws IOException, Refusal;
}
