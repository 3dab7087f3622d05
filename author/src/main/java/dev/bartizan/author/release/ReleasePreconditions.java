// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.author.release;

import dev.bartizan.author.publish.Repository;
import dev.bartizan.author.release.ReleaseRefusal.Code;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.protocol.release.ReleaseName;
import dev.bartizan.updater.tuf.TargetFile;
import dev.bartizan.updater.tuf.TrustedTargets;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;

/**
 * What a new release builds on, checked against what the repository has signed.
 *
 * @param epoch of the new release
 * @param older releases from which there shall be differences
 */
record ReleasePreconditions(long epoch, List<ArchivedRelease> older) implements AutoCloseable {
  private static final long FIRST_EPOCH = 1;

  ReleasePreconditions {
    older = List.copyOf(older);
  }

  /**
   * Looks at the model's other releases.
   *
   * @throws ReleaseRefusal EXISTS, UNKNOWN_VERSION or OLD_EPOCH
   */
  static ReleasePreconditions lay(ReleaseDraft draft, Repository repository, ReleaseArchive archive)
      throws IOException, Refusal {
    requireNew(draft.name(), repository);
    TrustedTargets signed = repository.trusted();
    long reached = epochReached(draft.name(), signed, archive);
    long epoch = epoch(draft.epoch(), reached);
    List<ArchivedRelease> older = new ArrayList<>();
    for (String version : new TreeSet<>(draft.deltaFrom())) {
      older.add(get(new ReleaseName(draft.name().name(), version), signed, archive));
    }
    return new ReleasePreconditions(epoch, older);
  }

  /** The repository decides what exists: what was kept of an attempt that failed does not count. */
  static void requireNew(ReleaseName name, Repository repository) throws IOException, Refusal {
    if (repository.trusted().find(name.modelTarget()).isPresent()) {
      throw ReleaseRefusal.exists(name.modelTarget());
    }
  }

  private static long epochReached(ReleaseName name, TrustedTargets signed, ReleaseArchive archive)
      throws IOException, Refusal {
    long reached = FIRST_EPOCH;
    for (ReleaseName kept : archive.all()) {
      if (kept.name().equals(name.name()) && signed.find(kept.modelTarget()).isPresent()) {
        try (ArchivedRelease release = get(kept, signed, archive)) {
          reached = Math.max(reached, release.manifest().epoch());
        }
      }
    }
    return reached;
  }

  private static long epoch(OptionalLong wanted, long reached) throws ReleaseRefusal {
    if (wanted.isPresent() && wanted.getAsLong() < reached) {
      throw new ReleaseRefusal(
          Code.OLD_EPOCH,
          "epoch " + wanted.getAsLong() + ": other releases of the model are at " + reached);
    }
    return wanted.orElse(reached);
  }

  private static ArchivedRelease get(
      ReleaseName name, TrustedTargets signed, ReleaseArchive archive) throws IOException, Refusal {
    Optional<TargetFile> target = signed.find(name.modelTarget());
    Optional<ArchivedRelease> kept = archive.find(name);
    if (target.isEmpty() || kept.isEmpty()) {
      throw ReleaseRefusal.unknown(name);
    }
    Digest signedDigest = target.get().sha256();
    if (!kept.get().digest().equals(signedDigest)) {
      throw new ReleaseRefusal(
          Code.UNKNOWN_VERSION,
          name + ": kept is " + kept.get().digest() + ", signed is " + signedDigest);
    }
    return kept.get();
  }

  @Override
  public void close() {
    older.forEach(ArchivedRelease::close);
  }
}
