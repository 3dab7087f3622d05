// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.tuf;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.updater.tuf.TufRefusal.Code;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The rule book of the client workflow (specification 5.3 to 5.6): bytes in, acceptance or refusal.
 *
 * <ol>
 *   <li>Metadata is accepted in the order root, timestamp, snapshot, targets, delegated roles.
 *   <li>A root is accepted only by the one before it and by itself; no root can follow once a
 *       timestamp was accepted.
 *   <li>Remembered files are earlier accepted ones: they must still be signed, may be out of date,
 *       and serve only to notice that a version goes down.
 *   <li>A refused file changes nothing.
 * </ol>
 *
 * Calls in another order are bugs and end in {@link IllegalStateException}.
 */
final class TrustedMetadata {
  /** A role as one particular delegator sees it: another one may trust other keys. */
  private record Delegated(RoleName delegator, RoleName role) {}

  private final Freshness freshness;
  private Root root;
  private @Nullable Timestamp rememberedTimestamp;
  private @Nullable Snapshot rememberedSnapshot;
  private @Nullable Timestamp timestamp;
  private @Nullable Snapshot snapshot;
  private @Nullable Targets targets;
  private final Map<Delegated, Targets> delegated = new LinkedHashMap<>();

  private TrustedMetadata(Root root, Freshness freshness) {
    this.root = root;
    this.freshness = freshness;
  }

  /** Begins with a root that is trusted already. Its expiry does not matter yet (5.3.1). */
  static TrustedMetadata startingFrom(byte[] trustedRoot, Freshness freshness) throws TufRefusal {
    SignedBytes file = SignedBytes.parse(RoleName.ROOT, trustedRoot);
    return new TrustedMetadata(signedByItself(file), freshness);
  }

  Root root() {
    return root;
  }

  /**
   * The next root, signed by the present one and by itself, one version higher (5.3.3 to 5.3.7).
   */
  Root acceptRoot(byte[] received) throws TufRefusal {
    if (timestamp != null) {
      throw new IllegalStateException("out of order: no root after a timestamp");
    }
    SignedBytes file = SignedBytes.parse(RoleName.ROOT, received);
    file.requireThreshold(root.signersOf(RoleName.ROOT));
    Root next = signedByItself(file);
    if (next.version() != root.version() + 1) {
      Code code = next.version() <= root.version() ? Code.ROLLBACK : Code.MIX_MATCH;
      String expected = "version " + (root.version() + 1);
      throw new TufRefusal(code, RoleName.ROOT, expected, String.valueOf(next.version()));
    }
    root = next;
    return next;
  }

  /** No more roots will come: now its expiry matters (5.3.10). */
  void settleRoot() throws TufRefusal {
    freshness.check(RoleName.ROOT, root.expires());
  }

  /** An earlier accepted timestamp, of any age. */
  void rememberTimestamp(byte[] stored) throws TufRefusal {
    rememberedTimestamp = signedTimestamp(stored);
  }

  /** An earlier accepted snapshot, of any age. */
  Snapshot rememberSnapshot(byte[] stored) throws TufRefusal {
    Snapshot remembered = signedSnapshot(stored);
    rememberedSnapshot = remembered;
    return remembered;
  }

  /**
   * The newest timestamp (5.4). One of the version already remembered is no news: the remembered
   * one stays, whatever the received one says.
   */
  Timestamp acceptTimestamp(byte[] received) throws TufRefusal {
    Timestamp next = signedTimestamp(received);
    Timestamp known = rememberedTimestamp;
    if (known != null) {
      requireNotOlder(RoleName.TIMESTAMP, known.version(), next.version());
      next = next.version() == known.version() ? known : next;
      long snapshotVersion = next.snapshot().version();
      requireNotOlder(RoleName.SNAPSHOT, known.snapshot().version(), snapshotVersion);
    }
    freshness.check(RoleName.TIMESTAMP, next.expires());
    timestamp = next;
    return next;
  }

  /** The snapshot the timestamp names (5.5). */
  Snapshot acceptSnapshot(byte[] received) throws TufRefusal {
    MetaFile meta = timestamp().snapshot();
    // Before the signature: a file that is not the one announced is not even looked at.
    meta.checkContent(RoleName.SNAPSHOT, received);
    Snapshot next = signedSnapshot(received);
    meta.checkVersion(RoleName.SNAPSHOT, next.version());
    if (rememberedSnapshot != null) {
      rememberedSnapshot.checkSuccessor(next);
    }
    next.get(RoleName.TARGETS);
    freshness.check(RoleName.SNAPSHOT, next.expires());
    snapshot = next;
    return next;
  }

  /** The top-level targets the snapshot names (5.6). */
  Targets acceptTargets(byte[] received) throws TufRefusal {
    Targets next = acceptTargets(RoleName.TARGETS, root.signersOf(RoleName.TARGETS), received);
    targets = next;
    return next;
  }

  /**
   * A delegated role, as {@code delegation} of {@code delegator} describes it (5.6.7). Call it for
   * every delegator anew, even with the same bytes.
   */
  Targets acceptDelegated(RoleName delegator, Delegation delegation, byte[] received)
      throws TufRefusal {
    Targets next = acceptTargets(delegation.role(), delegation.signers(), received);
    delegated.put(new Delegated(delegator, delegation.role()), next);
    return next;
  }

  private Targets acceptTargets(RoleName role, Signers signers, byte[] received) throws TufRefusal {
    MetaFile meta = snapshot().get(role);
    meta.checkContent(role, received);
    SignedBytes file = SignedBytes.parse(role, received);
    Targets next = Targets.of(file.raw(), file.content(signers));
    meta.checkVersion(role, next.version());
    freshness.check(role, next.expires());
    return next;
  }

  Timestamp timestamp() {
    return required(timestamp, "a timestamp");
  }

  Snapshot snapshot() {
    return required(snapshot, "a snapshot");
  }

  Targets targets() {
    return required(targets, "the top-level targets");
  }

  Optional<Targets> findDelegated(RoleName delegator, RoleName role) {
    return Optional.ofNullable(delegated.get(new Delegated(delegator, role)));
  }

  /** The delegations of all targets files accepted so far. */
  List<Delegation> delegations() {
    List<Delegation> all = new ArrayList<>(targets().delegations());
    delegated.values().forEach(accepted -> all.addAll(accepted.delegations()));
    return all;
  }

  /** The accepted files to the byte, each role once. */
  Map<RoleName, Bytes> files() {
    Map<RoleName, Bytes> files = new LinkedHashMap<>();
    files.put(RoleName.ROOT, root.raw());
    files.put(RoleName.TIMESTAMP, timestamp().raw());
    files.put(RoleName.SNAPSHOT, snapshot().raw());
    files.put(RoleName.TARGETS, targets().raw());
    delegated.forEach((name, accepted) -> files.put(name.role(), accepted.raw()));
    return files;
  }

  /** The accepted version of each role. */
  Map<RoleName, Long> versions() {
    Map<RoleName, Long> versions = new LinkedHashMap<>();
    versions.put(RoleName.ROOT, root.version());
    versions.put(RoleName.TIMESTAMP, timestamp().version());
    versions.put(RoleName.SNAPSHOT, snapshot().version());
    versions.put(RoleName.TARGETS, targets().version());
    delegated.forEach((name, accepted) -> versions.put(name.role(), accepted.version()));
    return versions;
  }

  private static Root signedByItself(SignedBytes file) throws TufRefusal {
    // A root's keys have to be read before they can be asked; nothing else of it is used before.
    Root root = Root.of(file.raw(), file.unprovenContent());
    file.requireThreshold(root.signersOf(RoleName.ROOT));
    return root;
  }

  private Timestamp signedTimestamp(byte[] bytes) throws TufRefusal {
    SignedBytes file = SignedBytes.parse(RoleName.TIMESTAMP, bytes);
    return Timestamp.of(file.raw(), file.content(root.signersOf(RoleName.TIMESTAMP)));
  }

  private Snapshot signedSnapshot(byte[] bytes) throws TufRefusal {
    SignedBytes file = SignedBytes.parse(RoleName.SNAPSHOT, bytes);
    return Snapshot.of(file.raw(), file.content(root.signersOf(RoleName.SNAPSHOT)));
  }

  private static void requireNotOlder(RoleName role, long trusted, long found) throws TufRefusal {
    if (found < trusted) {
      String expected = "version " + trusted + " or newer";
      throw new TufRefusal(Code.ROLLBACK, role, expected, String.valueOf(found));
    }
  }

  private static <T> T required(@Nullable T accepted, String what) {
    if (accepted == null) {
      throw new IllegalStateException("out of order: " + what + " first");
    }
    return accepted;
  }
}
