// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.verify;

import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.json.Malformed;
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

  /**
   * Reads what a store has.
   *
   * @param where it is, for messages
   */
  static AppraisalPolicy of(Optional<byte[]> reference, Optional<byte[]> releases, String where)
      throws Malformed {
    return new AppraisalPolicy(
        reference.isPresent()
            ? KnownProfiles.read(reference.get(), where + "/reference.json")
            : KnownProfiles.none(),
        releases.isPresent()
            ? KnownReleases.read(releases.get(), where + "/releases.json")
            : KnownReleases.none(),
        digest(reference, releases));
  }

  /** Knows nothing yet: for a report from which references are to be learned. */
  public static AppraisalPolicy withoutReferences() {
    return new AppraisalPolicy(
        KnownProfiles.none(), KnownReleases.none(), digest(Optional.empty(), Optional.empty()));
  }

  private static Digest digest(Optional<byte[]> reference, Optional<byte[]> releases) {
    MessageDigest sha256 = Digest.sha256();
    sha256.update(RULES.getBytes(StandardCharsets.US_ASCII));
    sha256.update(Digest.of(reference.orElse(new byte[0])).value().asBuffer());
    sha256.update(Digest.of(releases.orElse(new byte[0])).value().asBuffer());
    return Digest.ofValue(sha256.digest());
  }
}
