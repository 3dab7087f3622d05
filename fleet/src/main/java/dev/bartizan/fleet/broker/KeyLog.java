// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.broker;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Refusal;
import java.io.IOException;

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
   * @throws KeyRefusal TOO_MANY when the device has had what it may have; nothing is added then
   */
  void add(KeyRelease given, KeyAllowance allowance) throws IOException, Refusal;

  /**
   * Where a record ends.
   *
   * @param digest of the last entry; {@link #BEGINNING} when there is none
   */
  record Head(long entries, Digest digest) {}

  /** Is shown one entry after the other, the oldest first. */
  @FunctionalInterface
  interface Visitor {
    void visit(KeyRelease given);
  }

  /**
   * Reads all of it.
   *
   * @throws Refusal KEY_LOG_BROKEN at the first entry that does not follow from the one before, or
   *     when entries are missing at its end
   */
  Head verify(Visitor visitor) throws IOException, Refusal;
}
