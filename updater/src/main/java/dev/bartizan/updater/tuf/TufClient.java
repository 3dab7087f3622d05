// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.tuf;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.updater.tuf.TufRefusal.Code;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;

/**
 * The client workflow (specification 5): asks for the next file, has it judged, keeps what was
 * accepted.
 *
 * <p>A refusal or a broken connection at any point leaves the files accepted so far, and the next
 * refresh goes on from there.
 */
public final class TufClient {
  private final RootChain roots;
  private final MetadataStore store;
  private final MetadataSource source;
  private final Supplier<Freshness> freshness;

  /**
   * A device's client: everything new must be valid at the time the refresh begins.
   *
   * @param pinned where all trust starts; from outside the store, which others may have written
   */
  public TufClient(Root pinned, MetadataStore store, MetadataSource source, InstantSource clock) {
    this(() -> pinned, store, source, () -> Freshness.at(clock.instant()));
  }

  private TufClient(
      RootChain.Pin pin,
      MetadataStore store,
      MetadataSource source,
      Supplier<Freshness> freshness) {
    this.roots = new RootChain(pin, store);
    this.store = store;
    this.source = source;
    this.freshness = freshness;
  }

  /** For a store that nobody else can write: what {@link #init} pinned in it is the pinned root. */
  public static TufClient ofOwnStore(
      MetadataStore store, MetadataSource source, InstantSource clock) {
    return new TufClient(pinIn(store), store, source, () -> Freshness.at(clock.instant()));
  }

  /**
   * For who maintains the repository and comes to renew what has expired. Signatures, versions and
   * digests are judged as ever: a maintainer must not sign on top of what a stranger put there.
   */
  public static TufClient forMaintainer(MetadataStore store, MetadataSource source) {
    return new TufClient(pinIn(store), store, source, Freshness::notJudged);
  }

  /**
   * Pins, in a store that nobody else can write, the root all trust starts at. A root that is there
   * already stays when {@code root} is the same or older: beginning again must not be a way back.
   *
   * @throws TufRefusal when it is no root, or not signed by itself; or when one that is there
   *     already is none
   */
  public static void init(MetadataStore store, byte[] root) throws TufRefusal, IOException {
    Root pinned = root(root);
    boolean isEmpty = store.oldestRoot().isEmpty();
    if (isEmpty || new RootChain(pinIn(store), store).newest().version() < pinned.version()) {
      store.forgetRoots();
      store.keepRoot(pinned);
      store.keep(RoleName.ROOT, pinned.raw());
    }
  }

  private static RootChain.Pin pinIn(MetadataStore store) {
    return () -> {
      OptionalLong oldest = store.oldestRoot();
      if (oldest.isEmpty()) {
        throw new FileNotFoundException("no trusted root: initialise first");
      }
      return root(store.findRoot(oldest.getAsLong()).orElseThrow());
    };
  }

  /**
   * A root, of any age, that is signed by itself.
   *
   * @throws TufRefusal when it is not
   */
  public static Root root(byte[] bytes) throws TufRefusal {
    return TrustedMetadata.startingFrom(bytes, Freshness.notJudged()).root();
  }

  /**
   * Brings root, timestamp, snapshot and top-level targets up to date, all against one time, and
   * keeps each as soon as it is accepted (5.3 to 5.6).
   *
   * @throws TufRefusal when something offered, or the pinned root, is not acceptable
   * @throws IOException when the repository or the disk cannot do it now
   */
  public TrustedTargets refresh() throws TufRefusal, IOException {
    TrustedMetadata trusted = roots.begin(freshness.get());
    refreshRoot(trusted);
    refreshTimestamp(trusted);
    refreshSnapshot(trusted);
    refreshTargets(trusted);
    return new TrustedTargets(
        trusted, (delegator, delegation) -> delegated(trusted, delegator, delegation));
  }

  /**
   * Refreshes, loads every delegated role, and then replaces the last complete set in one step:
   * this is what {@link #loadTrusted} finds afterwards.
   */
  public TrustedTargets refreshAll() throws TufRefusal, IOException {
    return keep(refreshWhole());
  }

  /**
   * Refreshes and loads every delegated role; the last complete set stays what it was until {@link
   * #keep}. For who needs some of the files that the new one names: with the set first, a cut in
   * between would leave a device that lacks what its own metadata names.
   */
  public TrustedTargets refreshWhole() throws TufRefusal, IOException {
    TrustedTargets targets = refresh();
    targets.list("");
    return targets;
  }

  /**
   * Makes {@code whole} the last complete set.
   *
   * @param whole from {@link #refreshWhole}
   */
  public TrustedTargets keep(TrustedTargets whole) throws IOException {
    return whole.ofSet(store.keepLastGood(whole.files()));
  }

  /**
   * The last complete set, verified anew from its root down without asking the repository. Expiry
   * is not judged: what was fresh when it was accepted may go on being used, offline and for as
   * long as it takes.
   *
   * @throws TufRefusal when a stored byte is not what was signed
   * @throws FileNotFoundException when no set was ever completed here
   */
  public TrustedTargets loadTrusted() throws TufRefusal, IOException {
    Map<RoleName, Bytes> files =
        store
            .findLastGood()
            .orElseThrow(() -> new FileNotFoundException("no trusted metadata yet: update first"));
    return verified(roots, files).ofSet(Digest.of(MetadataSet.encode(files)));
  }

  /**
   * The roots after the pinned one, up to that of the last complete set: with them somebody else
   * who pinned the same one, or one of them, verifies the set.
   *
   * @throws TufRefusal when the way is broken
   */
  public List<Root> rootsOfTrusted() throws TufRefusal, IOException {
    Root last = loadTrusted().root();
    List<Root> chain = new ArrayList<>();
    for (Root root = roots.pinned(); root.version() < last.version(); ) {
      root = root.version() + 1 == last.version() ? last : after(root);
      chain.add(root);
    }
    return chain;
  }

  private Root after(Root root) throws TufRefusal, IOException {
    long next = root.version() + 1;
    byte[] kept =
        store.findRoot(next).orElseThrow(() -> new FileNotFoundException(store.pathOfRoot(next)));
    return root(kept);
  }

  /** A complete set, verified from the pinned root down; expiry is not judged. */
  static TrustedTargets verified(RootChain roots, Map<RoleName, Bytes> files)
      throws TufRefusal, IOException {
    TrustedMetadata trusted = roots.leadingTo(root(stored(files, RoleName.ROOT)));
    trusted.acceptTimestamp(stored(files, RoleName.TIMESTAMP));
    trusted.acceptSnapshot(stored(files, RoleName.SNAPSHOT));
    trusted.acceptTargets(stored(files, RoleName.TARGETS));
    return new TrustedTargets(
        trusted,
        (delegator, delegation) ->
            trusted.acceptDelegated(delegator, delegation, stored(files, delegation.role())));
  }

  /**
   * The single files on disk that are not what was accepted, by path.
   *
   * @throws TufRefusal when the last complete set does not hold
   */
  public List<String> damagedFiles() throws TufRefusal, IOException {
    return StoreAudit.damaged(roots, store);
  }

  /**
   * Puts back what is damaged of the single files, as far as the last complete set holds it.
   *
   * @return the files, by path
   * @throws TufRefusal as {@link #damagedFiles}; nothing was changed
   */
  public List<String> mendFiles() throws TufRefusal, IOException {
    return StoreAudit.mend(roots, store);
  }

  private void refreshRoot(TrustedMetadata trusted) throws TufRefusal, IOException {
    roots.follow(trusted);
    for (int rotation = 0; rotation < Limits.ROOT_ROTATIONS; rotation++) {
      Root before = trusted.root();
      Optional<byte[]> received = findRoot(before.version() + 1);
      if (received.isEmpty()) {
        break;
      }
      replaceRoot(before, trusted.acceptRoot(received.get()));
      roots.follow(trusted);
    }
    store.keep(RoleName.ROOT, trusted.root().raw());
    trusted.settleRoot();
  }

  /** Who holds back the next root can as well say that there is none: 403 ends the walk as 404. */
  private Optional<byte[]> findRoot(long version) throws TufRefusal, IOException {
    try {
      return find(RoleName.ROOT, RoleName.ROOT.fileName(version), Limits.ROOT_BYTES);
    } catch (MetadataSource.Forbidden notSaid) {
      return Optional.empty();
    }
  }

  /**
   * Forgets before it keeps: a power cut in between repeats the rotation, whereas the other order
   * would leave a thief's versions in place for good (5.3.11).
   */
  private void replaceRoot(Root before, Root next) throws IOException {
    if (before.isRotatedBy(next, RoleName.TIMESTAMP)
        || before.isRotatedBy(next, RoleName.SNAPSHOT)) {
      store.forget(RoleName.TIMESTAMP);
      store.forget(RoleName.SNAPSHOT);
    }
    store.keepRoot(next);
  }

  private void refreshTimestamp(TrustedMetadata trusted) throws TufRefusal, IOException {
    try {
      Optional<byte[]> stored = store.find(RoleName.TIMESTAMP, Limits.TIMESTAMP_BYTES);
      if (stored.isPresent()) {
        trusted.rememberTimestamp(stored.get());
      }
    } catch (TufRefusal unusable) {
      // Signed by a key that was withdrawn, or damaged: as good as none, and replaced below.
    }
    byte[] received =
        fetch(RoleName.TIMESTAMP, RoleName.TIMESTAMP.fileName(), Limits.TIMESTAMP_BYTES);
    store.keep(RoleName.TIMESTAMP, trusted.acceptTimestamp(received).raw());
  }

  private void refreshSnapshot(TrustedMetadata trusted) throws TufRefusal, IOException {
    MetaFile meta = trusted.timestamp().snapshot();
    try {
      Optional<byte[]> stored = store.find(RoleName.SNAPSHOT, Limits.SNAPSHOT_BYTES);
      if (stored.isPresent()
          && trusted.rememberSnapshot(stored.get()).version() == meta.version()) {
        trusted.acceptSnapshot(stored.get());
        return;
      }
    } catch (TufRefusal unusable) {
      // As above; the repository is asked for a better one.
    }
    byte[] received = fetch(trusted, RoleName.SNAPSHOT, meta, Limits.SNAPSHOT_BYTES);
    store.keep(RoleName.SNAPSHOT, trusted.acceptSnapshot(received).raw());
  }

  private void refreshTargets(TrustedMetadata trusted) throws TufRefusal, IOException {
    acceptStoredOrFetched(trusted, RoleName.TARGETS, trusted::acceptTargets);
  }

  private Targets delegated(TrustedMetadata trusted, RoleName delegator, Delegation delegation)
      throws TufRefusal, IOException {
    Optional<Targets> accepted = trusted.findDelegated(delegator, delegation.role());
    return accepted.isPresent()
        ? accepted.get()
        : acceptStoredOrFetched(
            trusted,
            delegation.role(),
            bytes -> trusted.acceptDelegated(delegator, delegation, bytes));
  }

  /** The judgement on a targets file, under whoever delegates to it. */
  @FunctionalInterface
  private interface Judgement {
    Targets accept(byte[] bytes) throws TufRefusal;
  }

  private Targets acceptStoredOrFetched(TrustedMetadata trusted, RoleName role, Judgement judgement)
      throws TufRefusal, IOException {
    try {
      Optional<byte[]> stored = store.find(role, Limits.TARGETS_BYTES);
      if (stored.isPresent()) {
        return judgement.accept(stored.get());
      }
    } catch (TufRefusal outdated) {
      // The ordinary case after a release: the stored one is not the one the snapshot names.
    }
    MetaFile meta = trusted.snapshot().get(role);
    Targets accepted = judgement.accept(fetch(trusted, role, meta, Limits.TARGETS_BYTES));
    store.keep(role, accepted.raw());
    return accepted;
  }

  private byte[] fetch(TrustedMetadata trusted, RoleName role, MetaFile meta, int most)
      throws TufRefusal, IOException {
    boolean versioned = trusted.root().consistentSnapshot();
    String name = versioned ? role.fileName(meta.version()) : role.fileName();
    return fetch(role, name, meta.limit(most));
  }

  private byte[] fetch(RoleName role, String fileName, int limit) throws TufRefusal, IOException {
    return find(role, fileName, limit)
        .orElseThrow(() -> new FileNotFoundException("the repository has no " + fileName));
  }

  /** The one door bytes come in by, so that no adapter can forget the limit. */
  private Optional<byte[]> find(RoleName role, String fileName, int limit)
      throws TufRefusal, IOException {
    Optional<byte[]> received = source.find(fileName, limit);
    if (received.isPresent() && received.get().length > limit) {
      throw new TufRefusal(Code.TOO_LONG, role, "at most " + limit + " bytes", "more");
    }
    return received;
  }

  private static byte[] stored(Map<RoleName, Bytes> files, RoleName role) throws TufRefusal {
    Bytes raw = files.get(role);
    if (raw == null) {
      throw new TufRefusal(Code.MIX_MATCH, role, "its file in " + MetadataSet.FILE, "none");
    }
    return raw.toArray();
  }
}
