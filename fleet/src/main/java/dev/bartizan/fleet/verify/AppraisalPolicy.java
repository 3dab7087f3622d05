// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.verify;

import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.fleet.FleetSettings;
import dev.bartizan.protocol.result.AttestationResult.Reason;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What evidence is compared with: what is known of hardware profiles and of releases. What is not
 * known is unknown, never good.
 *
 * @param digest of the rules and both documents, so that an auditor can prove which were applied
 * @param caveats what is to be said in every result that comes of it
 * @param age of when all this is
 * @param limit beyond which age nothing is affirmed
 */
public record AppraisalPolicy(
    KnownProfiles reference,
    KnownReleases releases,
    Digest digest,
    List<Reason> caveats,
    ReferenceAge age,
    Duration limit) {
  private static final String RULES = "bartizan-appraisal/1";

  public AppraisalPolicy {
    caveats = List.copyOf(caveats);
  }

  /** Knows nothing yet: for a report from which references are to be learned. */
  public static AppraisalPolicy withoutReferences() {
    return new AppraisalPolicy(
        KnownProfiles.none(),
        KnownReleases.none(),
        digest(Optional.empty(), Optional.empty()),
        List.of(),
        ReferenceAge.unknown(),
        FleetSettings.REFERENCE_AGE);
  }

  /**
   * Of both documents, as they are kept; one that is not there is unknown.
   *
   * @param reference as {@link KnownProfiles} reads it
   * @param releases as {@link KnownReleases} reads it
   */
  static AppraisalPolicy of(Optional<byte[]> reference, Optional<byte[]> releases, Names names)
      throws Malformed {
    return new AppraisalPolicy(
        reference.isPresent()
            ? KnownProfiles.read(reference.get(), names.reference())
            : KnownProfiles.none(),
        releases.isPresent()
            ? KnownReleases.read(releases.get(), names.releases())
            : KnownReleases.none(),
        digest(reference, releases),
        List.of(),
        ReferenceAge.unknown(),
        FleetSettings.REFERENCE_AGE);
  }

  /** How messages call the two documents. */
  record Names(String reference, String releases) {}

  /** The same, of which more is to be said. */
  public AppraisalPolicy with(List<Reason> more) {
    List<Reason> all = new ArrayList<>(caveats);
    all.addAll(more);
    return new AppraisalPolicy(reference, releases, digest, all, age, limit);
  }

  /** The same, of this age. */
  AppraisalPolicy ofAge(ReferenceAge known, Duration most) {
    return new AppraisalPolicy(reference, releases, digest, caveats, known, most);
  }

  /** What a result of {@code now} has to say of all this. */
  List<Reason> caveats(Instant now) {
    List<Reason> all = new ArrayList<>(caveats);
    all.addAll(age.caveats(now, limit));
    return all;
  }

  /** Of the rules, and of both documents as they are kept. */
  private static Digest digest(Optional<byte[]> reference, Optional<byte[]> releases) {
    MessageDigest sha256 = Digest.sha256();
    sha256.update(RULES.getBytes(StandardCharsets.US_ASCII));
    sha256.update(Digest.of(reference.orElse(new byte[0])).value().asBuffer());
    sha256.update(Digest.of(releases.orElse(new byte[0])).value().asBuffer());
    return Digest.ofValue(sha256.digest());
  }
}
