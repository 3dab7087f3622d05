// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.boot;

import dev.bartizan.crypto.tpm.TpmHash;
import java.util.Optional;

/**
 * One link of the boot chain, and what it is about.
 *
 * @param bank of which bank's PCRs, where it is about such
 * @param pcr which PCR, or {@link #NO_PCR}
 * @param code what is said when it is not good, in upper case: {@code PCR_MISMATCH}
 */
public record BootFinding(
    Subject subject, Optional<TpmHash> bank, int pcr, String code, Link link) {
  /** It is not about one PCR. */
  public static final int NO_PCR = -1;

  /** What was judged. */
  public enum Subject {
    /** Whether anything is known of good boots. */
    REFERENCE,
    /** Whether firmware measures into the bank at all. */
    BANK,
    /** The value of one PCR. */
    PCR,
    /** One measurement within a PCR. */
    EVENT,
    /** Whether a log explains what PCRs hold. */
    LOG,
    /** Whether firmware let only signed code start. */
    SECURE_BOOT,
    /** The marks where the platform's firmware ended. */
    SEPARATORS
  }

  static BootFinding of(Subject subject, String code, Link link) {
    return new BootFinding(subject, Optional.empty(), NO_PCR, code, link);
  }

  static BootFinding of(Subject subject, TpmHash bank, String code, Link link) {
    return new BootFinding(subject, Optional.of(bank), NO_PCR, code, link);
  }
}
