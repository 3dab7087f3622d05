// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.update;

import dev.bartizan.protocol.release.EncryptedFile;
import dev.bartizan.protocol.release.GoldenOffer;
import dev.bartizan.protocol.release.ReleaseManifest;
import dev.bartizan.updater.install.Release;
import dev.bartizan.updater.store.ObjectStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How a release is going to be had.
 *
 * @param strategy by which the model is
 * @param downloads files that are still missing, in the order they are fetched
 * @param bytes to download, those files and ranges of others
 * @param spaceNeeded bytes of disk, exactly, before the first of them is fetched
 */
record UpdatePlan(
    TransferStrategy strategy, List<EncryptedFile> downloads, long bytes, long spaceNeeded) {
  UpdatePlan {
    downloads = List.copyOf(downloads);
  }

  /**
   * The way that costs the fewest bytes on the air; of two that cost the same the one that comes
   * first.
   *
   * @param others ways besides fetching the whole
   */
  static UpdatePlan of(ReleaseManifest manifest, List<TransferStrategy> others, ObjectStore store)
      throws IOException {
    if (store.holds(manifest.whole().digest())) {
      return by(new TransferStrategy.Here(), manifest, store);
    }
    List<UpdatePlan> plans = new ArrayList<>();
    for (TransferStrategy strategy :
        Stream.concat(others.stream(), Stream.of(new TransferStrategy.Whole())).toList()) {
      plans.add(by(strategy, manifest, store));
    }
    return plans.stream().min(Comparator.comparingLong(UpdatePlan::bytes)).orElseThrow();
  }

  /** What it takes to go by this way now. */
  static UpdatePlan by(TransferStrategy strategy, ReleaseManifest manifest, ObjectStore store)
      throws IOException {
    List<EncryptedFile> downloads = new ArrayList<>();
    Optional<EncryptedFile> vectors = manifest.golden().map(GoldenOffer::file);
    long space = vectors.isPresent() ? addMissing(vectors.get(), downloads, store) : 0;
    long ranges = 0;
    // The model itself, however it comes; by the way of a difference, that is there beside it.
    space += store.holds(manifest.whole().digest()) ? 0 : manifest.whole().length();
    if (strategy instanceof TransferStrategy.Whole) {
      if (!store.holds(manifest.whole().digest())) {
        downloads.add(manifest.whole());
      }
    } else if (strategy instanceof TransferStrategy.Parts parts) {
      ranges = parts.plan().bytes();
    } else if (strategy instanceof TransferStrategy.Differences differences) {
      for (TransferStrategy.Link link : differences.links()) {
        if (!store.holds(link.whole().digest())) {
          space += isLast(link, manifest) ? 0 : link.whole().length();
          space += addMissing(link.offer().file(), downloads, store);
        }
      }
    }
    return new UpdatePlan(strategy, downloads, length(downloads) + ranges, space);
  }

  private static long addMissing(
      EncryptedFile file, List<EncryptedFile> downloads, ObjectStore store) throws IOException {
    if (store.holds(file.digest())) {
      return 0;
    }
    downloads.add(file);
    return file.length();
  }

  private static boolean isLast(TransferStrategy.Link link, ReleaseManifest manifest) {
    return link.whole().digest().equals(manifest.whole().digest());
  }

  /** Those that are still to be fetched; a difference that has served is not fetched again. */
  List<EncryptedFile> missing(ObjectStore store) throws IOException {
    List<EncryptedFile> missing = new ArrayList<>();
    for (EncryptedFile file : downloads) {
      if (!store.holds(file.digest()) && !hasServed(file, store)) {
        missing.add(file);
      }
    }
    return missing;
  }

  private boolean hasServed(EncryptedFile file, ObjectStore store) throws IOException {
    if (strategy instanceof TransferStrategy.Differences differences) {
      for (TransferStrategy.Link link : differences.links()) {
        if (link.offer().file().equals(file)) {
          return store.holds(link.whole().digest());
        }
      }
    }
    return false;
  }

  /** All files for which space is still needed, those that are made here included. */
  List<EncryptedFile> files(ReleaseManifest manifest, ObjectStore store) throws IOException {
    List<EncryptedFile> files = new ArrayList<>(missing(store));
    if (strategy instanceof TransferStrategy.Differences differences) {
      differences.links().forEach(link -> files.add(link.whole()));
    } else {
      files.add(manifest.whole());
    }
    return files;
  }

  UpdateEstimate estimate() {
    return new UpdateEstimate(strategy.text(), bytes, spaceNeeded, steps());
  }

  /** What will be done, in order, for people. */
  private List<String> steps() {
    List<String> steps = new ArrayList<>();
    if (strategy instanceof TransferStrategy.Files) {
      return bytes == 0 ? steps : List.of("fetch files that are new, " + bytes + " bytes");
    }
    for (EncryptedFile file : downloads) {
      steps.add("fetch " + file.file() + ", " + file.length() + " bytes");
    }
    if (strategy instanceof TransferStrategy.Differences differences) {
      String from = differences.base().version();
      for (TransferStrategy.Link link : differences.links()) {
        steps.add("make " + link.to().version() + " from " + from);
        from = link.to().version();
      }
    } else if (strategy instanceof TransferStrategy.Parts parts) {
      long ranges = parts.plan().runs().stream().filter(run -> !run.isHere()).count();
      String bases =
          parts.held().stream().map(Release::version).collect(Collectors.joining(" and "));
      steps.add("fetch " + ranges + " ranges of the model, " + parts.plan().bytes() + " bytes");
      steps.add("take what is left of it from " + bases);
    }
    steps.add("try it on its golden vectors, then on requests");
    return steps;
  }

  private static long length(List<EncryptedFile> files) {
    return files.stream().mapToLong(EncryptedFile::length).sum();
  }
}
