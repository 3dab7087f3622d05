// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.verify;

import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.updater.disk.SharedDirectory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;

/**
 * What evidence is compared with: {@code reference.json} and {@code releases.json} of a trust
 * directory, each of which may be missing. Then what it would say is unknown.
 *
 * @param digest of the rules and both files, so that an auditor can prove which were applied
 */
public record AppraisalPolicy(KnownProfiles reference, KnownReleases releases, Digest digest) {
  private static final String REFERENCE = "reference.json";
  private static final String RELEASES = "releases.json";
  private static final String RULES = "bartizan-appraisal/1";

  public static AppraisalPolicy load(SharedDirectory trust) throws IOException, Malformed {
    Optional<byte[]> reference = trust.find(REFERENCE, KnownProfiles.MAX_LENGTH);
    Optional<byte[]> releases = trust.find(RELEASES, KnownReleases.MAX_LENGTH);
    return new AppraisalPolicy(
        reference.isPresent()
            ? KnownProfiles.read(reference.get(), trust.path(REFERENCE).toString())
            : KnownProfiles.none(),
        releases.isPresent()
            ? KnownReleases.read(releases.get(), trust.path(RELEASES).toString())
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
