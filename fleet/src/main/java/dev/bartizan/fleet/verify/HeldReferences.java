// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.verify;

import dev.bartizan.crypto.json.Malformed;
import java.time.Instant;
import java.util.Optional;

/** The same two documents in memory, for a look that leaves no trace. For one thread. */
public final class HeldReferences implements ReferenceStore {
  private static final AppraisalPolicy.Names NAMES =
      new AppraisalPolicy.Names("reference values", "releases");

  private Optional<byte[]> reference = Optional.empty();
  private Optional<byte[]> releases = Optional.empty();

  @Override
  public AppraisalPolicy current() throws Malformed {
    return AppraisalPolicy.of(reference, releases, NAMES);
  }

  @Override
  public void replace(byte[] newReleases, byte[] newProfiles, Instant now) {
    releases = Optional.of(newReleases);
    reference = Optional.of(newProfiles);
  }

  @Override
  public void keepFormer(Instant now, String why) {
    throw new UnsupportedOperationException("what is held has no former values");
  }
}
