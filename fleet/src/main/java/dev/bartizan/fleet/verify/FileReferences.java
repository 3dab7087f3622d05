// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.verify;

import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.fleet.FleetSettings;
import dev.bartizan.updater.disk.FormatRefusal;
import dev.bartizan.updater.disk.SharedDirectory;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Two files, {@code reference.json} and {@code releases.json}; each may be missing. Beside them, in
 * {@code reference-age.json}, of when they are.
 */
public final class FileReferences implements ReferenceStore {
  private static final String REFERENCE = "reference.json";
  private static final String RELEASES = "releases.json";
  private static final String AGE = "reference-age.json";

  private final SharedDirectory directory;

  public FileReferences(SharedDirectory directory) {
    this.directory = directory;
  }

  @Override
  public AppraisalPolicy current() throws IOException, Malformed {
    Optional<byte[]> reference = directory.find(REFERENCE, KnownProfiles.MAX_LENGTH);
    Optional<byte[]> releases = directory.find(RELEASES, KnownReleases.MAX_LENGTH);
    return AppraisalPolicy.of(
            reference,
            releases,
            new AppraisalPolicy.Names(
                directory.path(REFERENCE).toString(), directory.path(RELEASES).toString()))
        .ofAge(age(), limit());
  }

  /** Reads both first, so that a verifier never finds what it cannot. */
  @Override
  public void replace(byte[] releases, byte[] profiles, Instant now) throws IOException, Malformed {
    KnownReleases.read(releases, RELEASES);
    KnownProfiles.read(profiles, REFERENCE);
    directory.write(RELEASES, releases);
    directory.write(REFERENCE, profiles);
    directory.write(AGE, ReferenceAge.verified(now).write());
  }

  @Override
  public void keepFormer(Instant now, String why) throws IOException, Malformed {
    directory.write(AGE, age().troubled(now, why).write());
  }

  private ReferenceAge age() throws IOException, Malformed {
    Optional<byte[]> age = directory.find(AGE, ReferenceAge.MAX_LENGTH);
    return age.isPresent()
        ? ReferenceAge.read(age.get(), directory.path(AGE).toString())
        : ReferenceAge.unknown();
  }

  /** Copies for who verifies elsewhere come without settings. */
  private Duration limit() throws IOException, Malformed {
    try {
      return FleetSettings.areIn(directory)
          ? FleetSettings.load(directory).referenceAge()
          : FleetSettings.REFERENCE_AGE;
    } catch (FormatRefusal another) {
      throw new Malformed(another.getMessage(), another);
    }
  }
}
