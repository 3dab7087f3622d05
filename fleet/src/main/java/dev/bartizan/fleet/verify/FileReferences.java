// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.verify;

import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.updater.disk.SharedDirectory;
import java.io.IOException;
import java.util.Optional;

/** Two files, {@code reference.json} and {@code releases.json}; each may be missing. */
public final class FileReferences implements ReferenceStore {
  private static final String REFERENCE = "reference.json";
  private static final String RELEASES = "releases.json";

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
            directory.path(REFERENCE).toString(), directory.path(RELEASES).toString()));
  }

  /** Reads both first, so that a verifier never finds what it cannot. */
  @Override
  public void replace(byte[] releases, byte[] profiles) throws IOException, Malformed {
    KnownReleases.read(releases, RELEASES);
    KnownProfiles.read(profiles, REFERENCE);
    directory.write(RELEASES, releases);
    directory.write(REFERENCE, profiles);
  }
}
