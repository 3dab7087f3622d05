// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.verify;

import dev.bartizan.crypto.Digest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;

/**
 * What evidence is compared with: what is known of hardware profiles and of releases. What is not
 * known is unknown, never good.
 *
 * @param digest of the rules and both documents, so that an auditor can prove which were applied
 */
public record AppraisalPolicy(KnownProfiles reference, KnownReleases releases, Digest digest) {
  private static final String RULES = "bartizan-appraisal/1";

  /** Knows nothing yet: for a report from which references are to be learned. */
  public static AppraisalPolicy withoutReferences() {
    return new AppraisalPolicy(
        KnownProfiles.none(), KnownReleases.none(), digest(Optional.empty(), Optional.empty()));
  }

  /** Of the rules, and of both documents as they are kept. */
  static Digest digest(Optional<byte[]> reference, Optional<byte[]> releases) {
    MessageDigest sha256 = Digest.sha256();
    sha256.update(RULES.getBytes(StandardCharsets.US_ASCII));
    sha256.update(Digest.of(reference.orElse(new byte[0])).value().asBuffer());
    sha256.update(Digest.of(releases.orElse(new byte[0])).value().asBuffer());
    return Digest.ofValue(sha256.digest());
  }
}
