// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.eventlog;

import dev.bartizan.crypto.Bytes;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The mark between what the platform's firmware measured and what came after it, one in each of
 * PCRs 0 to 7. It is known by its digest, since what an event is called nobody vouches for: a mark
 * under another name is one, and another event under its name is none.
 */
public enum Separator {
  /** All is well: four bytes of zeros, or of ones. */
  NORMAL,
  /** Firmware had an error while it measured. */
  ERROR;

  private static final byte[] ZEROS = new byte[4];
  private static final byte[] ONES = {-1, -1, -1, -1};
  private static final byte[] FAILURE = {1, 0, 0, 0};

  /** By their digests; of as many banks as there are algorithms that can be computed. */
  private static final Map<LogHash, Map<Bytes, Separator>> KNOWN = new ConcurrentHashMap<>();

  /** Which one {@code digest} is, if any. */
  public static Optional<Separator> find(LogHash bank, Bytes digest) {
    return bank.isComputable()
        ? Optional.ofNullable(KNOWN.computeIfAbsent(bank, Separator::known).get(digest))
        : Optional.empty();
  }

  private static Map<Bytes, Separator> known(LogHash bank) {
    return Map.of(
        digest(bank, ZEROS), NORMAL, digest(bank, ONES), NORMAL, digest(bank, FAILURE), ERROR);
  }

  private static Bytes digest(LogHash bank, byte[] data) {
    return Bytes.of(bank.messageDigest().digest(data));
  }
}
