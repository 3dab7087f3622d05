package dev.bartizan.agent.update;

import dev.bartizan.updater.release.DeltaOffer;
import dev.bartizan.updater.release.GoldenOffer;
import dev.bartizan.updater.release.ReleaseManifest;
import dev.bartizan.updater.release.SealedFile;
import dev.bartizan.updater.store.ObjectStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How a release is going to be had.
 *
 * @param delta the difference the model is made by; empty when it is fetched whole or is here
 * @param downloads what is still missing, in the order it is fetched
 * @param spaceNeeded bytes of disk, exactly, before the first of them is fetched
 */
public record UpdatePlan(Optional<DeltaOffer> delta, List<SealedFile> downloads, long spaceNeeded) {
  public UpdatePlan {
    downloads = List.copyOf(downloads);
  }

  /**
   * The way that costs the fewest bytes on the air.
   *
   * @param offer a difference from what the device holds, if there is one
   */
  static UpdatePlan of(ReleaseManifest manifest, Optional<DeltaOffer> offer, ObjectStore store)
      throws IOException {
    List<SealedFile> downloads = new ArrayList<>();
    long space = 0;
    Optional<SealedFile> golden = manifest.golden().map(GoldenOffer::sealed);
    if (golden.isPresent() && !store.holds(golden.get().sealed())) {
      downloads.add(golden.get());
      space += golden.get().sealedLength();
    }
    if (store.holds(manifest.whole().sealed())) {
      return new UpdatePlan(Optional.empty(), downloads, space);
    }
    space += manifest.whole().sealedLength();
    Optional<DeltaOffer> cheaper =
        offer.filter(it -> it.sealed().sealedLength() < manifest.whole().sealedLength());
    if (cheaper.isEmpty()) {
      downloads.add(manifest.whole());
    } else if (!store.holds(cheaper.get().sealed().sealed())) {
      downloads.add(cheaper.get().sealed());
      space += cheaper.get().sealed().sealedLength();
    }
    return new UpdatePlan(cheaper, downloads, space);
  }

  /** Bytes to download. */
  public long bytes() {
    return downloads.stream().mapToLong(SealedFile::sealedLength).sum();
  }
}
