// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.install;

import dev.bartizan.crypto.Digest;

/**
 * The end of the history: what to anchor outside the disk, and to report.
 *
 * @param entries how many entries the chain has had; 0 when nothing ever happened
 * @param digest of the last entry, which names all before it; zero when there is none
 */
public record HistoryHead(long entries, Digest digest) {
  public static final HistoryHead NOTHING =
      new HistoryHead(0, Digest.ofValue(new byte[Digest.LENGTH]));
}
