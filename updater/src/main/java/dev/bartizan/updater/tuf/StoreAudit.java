package dev.bartizan.updater.tuf;

import dev.bartizan.crypto.Bytes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Looks after the single files of a {@link MetadataStore}. Each must be, to the byte, the one of
 * the last complete set, or, after a refresh that did not reach its end, a newer one that its role
 * has signed.
 *
 * <p>A refresh would replace any other in silence, and with a damaged timestamp or snapshot it
 * would lose the versions below which nothing is accepted.
 */
public final class StoreAudit {
  private final MetadataStore store;
  private final Map<String, Long> versions;
  private final List<Delegation> delegations;
  private Root root;

  private StoreAudit(MetadataStore store, Map<RoleName, Bytes> set) throws TufRefusal, IOException {
    TrustedTargets verified = TufClient.verified(set);
    this.store = store;
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
  public static List<String> damaged(MetadataStore store) throws TufRefusal, IOException {
    Optional<Map<RoleName, Bytes>> set = store.findLastGood();
    return set.isEmpty() ? List.of() : names(store, damaged(store, set.get()));
  }

  /**
   * Puts the set's file in the place of each that is damaged, the root's among them.
   *
   * @return their paths
   * @throws TufRefusal as {@link #damaged}; nothing was changed
   */
  public static List<String> mend(MetadataStore store) throws TufRefusal, IOException {
    Optional<Map<RoleName, Bytes>> set = store.findLastGood();
    if (set.isEmpty()) {
      return List.of();
    }
    List<RoleName> damaged = damaged(store, set.get());
    for (RoleName role : damaged) {
      store.keep(role, Objects.requireNonNull(set.get().get(role)));
    }
    return names(store, damaged);
  }

  /** Signatures are looked at only when something differs, which is hardly ever. */
  private static List<RoleName> damaged(MetadataStore store, Map<RoleName, Bytes> set)
      throws TufRefusal, IOException {
    List<RoleName> differing = new ArrayList<>();
    for (Map.Entry<RoleName, Bytes> file : set.entrySet()) {
      if (!store.isKept(file.getKey(), file.getValue())) {
        differing.add(file.getKey());
      }
    }
    return differing.isEmpty() ? differing : new StoreAudit(store, set).damagedOf(differing);
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

  private Metadata signed(RoleName role, SignedBytes file) throws TufRefusal {
    return switch (role.value()) {
      case "root" -> {
        root = TrustedMetadata.startingFrom(file.raw().toArray(), Freshness.notJudged()).root();
        yield root;
      }
      case "timestamp" -> Timestamp.of(file.raw(), file.content(root.signersOf(role)));
      case "snapshot" -> Snapshot.of(file.raw(), file.content(root.signersOf(role)));
      default -> targets(role, file);
    };
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
    return roles.stream().map(store::pathOf).toList();
  }
}
