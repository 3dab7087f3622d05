// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.eventlog;

import dev.bartizan.crypto.Bytes;
import java.util.Optional;

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

  /** Which one {@code digest} is, if any. */
  public static Optional<Separator> find(LogHash bank, Bytes digest) {
    if (!bank.isComputable()) {
      return Optional.empty();
    }
    if (digest.equals(digest(bank, ZEROS)) || digest.equals(digest(bank, ONES))) {
      return Optional.of(NORMAL);
    }
    return digest.equals(digest(bank, FAILURE)) ? Optional.of(ERROR) : Optional.empty();
  }

  private static Bytes digest(LogHash bank, byte[] data) {
    return Bytes.of(bank.messageDigest().digest(data));
  }
}
