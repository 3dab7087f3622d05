// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.tuf;

import dev.bartizan.crypto.Bytes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Looks after the single files of a {@link MetadataStore} for {@link TufClient}. Each must be, to
 * the byte, the one of the last complete set, or, after a refresh that did not reach its end, a
 * newer one that its role has signed.
 *
 * <p>A refresh would replace any other in silence, and with a damaged timestamp or snapshot it
 * would lose the versions below which nothing is accepted.
 */
final class StoreAudit {
  /** With the keys that signed them, their versions are forgotten. */
  private static final List<RoleName> FORGOTTEN = List.of(RoleName.TIMESTAMP, RoleName.SNAPSHOT);

  private final MetadataStore store;
  private final RootChain roots;
  private final Map<String, Long> versions;
  private final List<Delegation> delegations;
  private Root root;

  private StoreAudit(RootChain roots, MetadataStore store, Map<RoleName, Bytes> set)
      throws TufRefusal, IOException {
    TrustedTargets verified = TufClient.verified(roots, set);
    this.store = store;
    this.roots = roots;
    this.delegations = new ArrayList<>(verified.delegations());
    this.versions = verified.versions();
    this.root = verified.root();
  }

  /**
   * The paths of the files that are not what was accepted, {@code "tuf/root.json"}.
   *
   * @throws TufRefusal when the last complete set itself does not hold; without one there is
   *     nothing to compare with
   */
  static List<String> damaged(RootChain roots, MetadataStore store) throws TufRefusal, IOException {
    Optional<Map<RoleName, Bytes>> set = store.findLastGood();
    if (set.isEmpty()) {
      return List.of();
    }
    List<String> damaged = names(store, damaged(roots, store, set.get()));
    rootToKeep(roots, store, set.get())
        .map(Root::version)
        .map(store::pathOfRoot)
        .ifPresent(damaged::add);
    return damaged;
  }

  /**
   * Puts the set's file in the place of each that is damaged, the root's among them.
   *
   * @return their paths
   * @throws TufRefusal as {@link #damaged}; nothing was changed
   */
  static List<String> mend(RootChain roots, MetadataStore store) throws TufRefusal, IOException {
    Optional<Map<RoleName, Bytes>> set = store.findLastGood();
    if (set.isEmpty()) {
      return List.of();
    }
    List<RoleName> damaged = damaged(roots, store, set.get());
    for (RoleName role : damaged) {
      store.keep(role, Objects.requireNonNull(set.get().get(role)));
    }
    List<String> mended = names(store, damaged);
    Optional<Root> root = rootToKeep(roots, store, set.get());
    if (root.isPresent()) {
      store.keepRoot(root.get());
      mended.add(store.pathOfRoot(root.get().version()));
    }
    return mended;
  }

  /** The set's root, where it is not the pinned one and the copy under its version is damaged. */
  private static Optional<Root> rootToKeep(
      RootChain roots, MetadataStore store, Map<RoleName, Bytes> set)
      throws TufRefusal, IOException {
    Root root = TufClient.root(Objects.requireNonNull(set.get(RoleName.ROOT)).toArray());
    return roots.pinned().equals(root) || store.holdsRoot(root)
        ? Optional.empty()
        : Optional.of(roots.leadingTo(root).root());
  }

  /** Signatures are looked at only when something differs, which is hardly ever. */
  private static List<RoleName> damaged(
      RootChain roots, MetadataStore store, Map<RoleName, Bytes> set)
      throws TufRefusal, IOException {
    List<RoleName> differing = new ArrayList<>();
    for (Map.Entry<RoleName, Bytes> file : set.entrySet()) {
      if (!store.isKept(file.getKey(), file.getValue())) {
        differing.add(file.getKey());
      }
    }
    List<RoleName> lost = lost(roots, store, set);
    if (differing.isEmpty() && lost.isEmpty()) {
      return differing;
    }
    List<RoleName> damaged = new StoreAudit(roots, store, set).damagedOf(differing);
    damaged.addAll(lost);
    return damaged;
  }

  /**
   * Those that are missing, though each file of a set was kept before the set was, and only a
   * change of keys makes a device forget any: whoever deletes one must not get older metadata
   * accepted by that, nor is anything missing in silence that would be told if it were wrong.
   */
  private static List<RoleName> lost(RootChain roots, MetadataStore store, Map<RoleName, Bytes> set)
      throws TufRefusal, IOException {
    List<RoleName> lost = new ArrayList<>();
    for (RoleName role : set.keySet()) {
      if (!store.isThere(role)) {
        lost.add(role);
      }
    }
    if (lost.stream().anyMatch(FORGOTTEN::contains) && isForgetting(roots, set)) {
      lost.removeAll(FORGOTTEN);
    }
    return lost;
  }

  /** Whether keys have changed since the set, so that its versions are to count no longer. */
  private static boolean isForgetting(RootChain roots, Map<RoleName, Bytes> set)
      throws TufRefusal, IOException {
    Root root = TufClient.root(Objects.requireNonNull(set.get(RoleName.ROOT)).toArray());
    Root newest = roots.newest();
    return root.isRotatedBy(newest, RoleName.TIMESTAMP)
        || root.isRotatedBy(newest, RoleName.SNAPSHOT);
  }

  /** In the order of the set: who delegates comes before whom it lets speak. */
  private List<RoleName> damagedOf(List<RoleName> differing) throws IOException {
    List<RoleName> damaged = new ArrayList<>();
    for (RoleName role : differing) {
      if (!isNewer(role)) {
        damaged.add(role);
      }
    }
    return damaged;
  }

  private boolean isNewer(RoleName role) throws IOException {
    try {
      byte[] stored = store.find(role, Limits.LAST_GOOD_BYTES).orElseThrow();
      Metadata metadata = signed(role, SignedBytes.parse(role, stored));
      return metadata.version() > versions.getOrDefault(role.value(), 0L);
    } catch (TufRefusal damaged) {
      return false;
    }
  }

  private Metadata signed(RoleName role, SignedBytes file) throws TufRefusal, IOException {
    return switch (role.value()) {
      case "root" -> acceptedRoot(file);
      case "timestamp" -> Timestamp.of(file.raw(), file.content(root.signersOf(role)));
      case "snapshot" -> Snapshot.of(file.raw(), file.content(root.signersOf(role)));
      default -> targets(role, file);
    };
  }

  /** Signed by itself anybody can be: only the chain tells. */
  private Root acceptedRoot(SignedBytes file) throws TufRefusal, IOException {
    root = roots.leadingTo(TufClient.root(file.raw().toArray())).root();
    return root;
  }

  private Targets targets(RoleName role, SignedBytes file) throws TufRefusal {
    TufRefusal last = new TufRefusal(TufRefusal.Code.MIX_MATCH, role, "a delegation", "none");
    for (Signers signers : signersOf(role)) {
      try {
        Targets targets = Targets.of(file.raw(), file.content(signers));
        delegations.addAll(targets.delegations());
        return targets;
      } catch (TufRefusal notTheirs) {
        last = notTheirs;
      }
    }
    throw last;
  }

  private List<Signers> signersOf(RoleName role) {
    return role.equals(RoleName.TARGETS)
        ? List.of(root.signersOf(role))
        : delegations.stream()
            .filter(delegation -> delegation.role().equals(role))
            .map(Delegation::signers)
            .toList();
  }

  private static List<String> names(MetadataStore store, List<RoleName> roles) {
    return new ArrayList<>(roles.stream().map(store::pathOf).toList());
  }
}
