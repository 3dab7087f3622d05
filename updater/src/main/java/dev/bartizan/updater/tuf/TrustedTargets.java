// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.tuf;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.updater.tuf.TufRefusal.Code;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What the repository vouches for, verified from the root down. Values come from {@link
 * TufClient#refresh} and {@link TufClient#loadTrusted} only.
 *
 * <p>Delegated roles are loaded when a search comes to them; one that is not acceptable ends the
 * search with its refusal, since a role that cannot be heard might have been the one to say yes.
 */
public final class TrustedTargets {
  /** A role on the way of a search, and who sent us there. */
  private record Visit(RoleName delegator, Delegation delegation) {}

  private final TrustedMetadata trusted;
  private final DelegatedRoles roles;
  private final Optional<Digest> set;

  TrustedTargets(TrustedMetadata trusted, DelegatedRoles roles) {
    this(trusted, roles, Optional.empty());
  }

  private TrustedTargets(TrustedMetadata trusted, DelegatedRoles roles, Optional<Digest> set) {
    this.trusted = trusted;
    this.roles = roles;
    this.set = set;
  }

  /** The same, as the complete set that is on disk with this digest. */
  TrustedTargets ofSet(Digest digest) {
    return new TrustedTargets(trusted, roles, Optional.of(digest));
  }

  /**
   * What the first responsible role says about {@code targetPath}, or empty when none knows it:
   * delegations are followed in pre-order, depth first, each role once, and not beyond a
   * terminating one (specification 5.6.7).
   *
   * @throws TufRefusal when a role on the way is not acceptable
   * @throws IOException when a role on the way cannot be had
   */
  public Optional<TargetFile> find(String targetPath) throws TufRefusal, IOException {
    return search(targetPath).flatMap(found -> found.targets().find(targetPath));
  }

  /** A role that knows a path. */
  private record Found(RoleName role, Signers signers, Targets targets) {}

  /** Who vouches for {@code targetPath}, or empty when no responsible role knows it. */
  public Optional<SignedBy> signedBy(String targetPath) throws TufRefusal, IOException {
    Optional<Found> found = search(targetPath);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    RoleName role = found.get().role();
    Bytes raw = Objects.requireNonNull(trusted.files().get(role));
    SortedSet<String> keys = SignedBytes.parse(role, raw.toArray()).signedBy(found.get().signers());
    return Optional.of(new SignedBy(role, found.get().targets().version(), keys));
  }

  private Optional<Found> search(String targetPath) throws TufRefusal, IOException {
    Deque<Visit> toVisit = new ArrayDeque<>();
    Set<RoleName> visited = new HashSet<>(Set.of(RoleName.TARGETS));
    RoleName role = RoleName.TARGETS;
    Signers signers = trusted.root().signersOf(role);
    Targets targets = trusted.targets();
    while (targets.find(targetPath).isEmpty()) {
      follow(role, targets.delegationsFor(targetPath), toVisit);
      toVisit.removeIf(visit -> visited.contains(visit.delegation().role()));
      Visit next = toVisit.poll();
      if (next == null) {
        return Optional.empty();
      }
      role = next.delegation().role();
      signers = next.delegation().signers();
      visited.add(requireRoom(role, visited));
      targets = roles.get(next.delegator(), next.delegation());
    }
    return Optional.of(new Found(role, signers, targets));
  }

  /**
   * Like {@link #find}, for a target that has to be there.
   *
   * @throws TufRefusal WRONG_TARGET when no responsible role knows it
   */
  public TargetFile get(String targetPath) throws TufRefusal, IOException {
    return find(targetPath)
        .orElseThrow(
            () ->
                new TufRefusal(
                    Code.WRONG_TARGET, targetPath, "a role that vouches for it", "none", null));
  }

  /**
   * All targets whose path begins with {@code pathPrefix}, as {@link #find} sees each of them, by
   * path. Loads every delegated role.
   */
  public Map<String, TargetFile> list(String pathPrefix) throws TufRefusal, IOException {
    Map<String, TargetFile> listed = new TreeMap<>();
    for (String path : namedAnywhere(pathPrefix)) {
      // A role may name paths that nobody let it speak for: only a search tells.
      find(path).ifPresent(file -> listed.put(path, file));
    }
    return Collections.unmodifiableMap(listed);
  }

  /** Where {@code file} lies below the repository's targets, percent-encoded per segment. */
  public String urlPath(TargetFile file) throws TufRefusal {
    return file.urlPath(trusted.root().consistentSnapshot());
  }

  /** The accepted version of every role loaded so far: what an anchor outside the disk keeps. */
  public Map<String, Long> versions() {
    Map<String, Long> versions = new LinkedHashMap<>();
    trusted.versions().forEach((role, version) -> versions.put(role.value(), version));
    return versions;
  }

  /** The digest of the root in use. */
  public Digest rootDigest() {
    return Digest.of(trusted.root().raw().toArray());
  }

  /** The digest of the complete set on disk, root included, when this is one. */
  public Optional<Digest> setDigest() {
    return set;
  }

  /** The file of every role loaded so far, as it was received. */
  public Map<RoleName, Bytes> files() {
    return trusted.files();
  }

  /** The root at the top of it all. */
  Root root() {
    return trusted.root();
  }

  /** Every delegation of every role; loads them all. */
  List<Delegation> delegations() throws TufRefusal, IOException {
    namedAnywhere("");
    return trusted.delegations();
  }

  private Set<String> namedAnywhere(String pathPrefix) throws TufRefusal, IOException {
    Set<String> paths = new TreeSet<>();
    Set<RoleName> visited = new HashSet<>(Set.of(RoleName.TARGETS));
    Deque<Visit> toVisit = new ArrayDeque<>();
    collect(RoleName.TARGETS, trusted.targets(), pathPrefix, paths, toVisit);
    while (!toVisit.isEmpty()) {
      Visit next = toVisit.pop();
      RoleName role = next.delegation().role();
      // Only names are gathered here: which delegator's view of a role counts, find decides.
      if (!visited.contains(role)) {
        visited.add(requireRoom(role, visited));
        Targets targets = roles.get(next.delegator(), next.delegation());
        collect(role, targets, pathPrefix, paths, toVisit);
      }
    }
    return paths;
  }

  private static void collect(
      RoleName role, Targets targets, String prefix, Set<String> paths, Deque<Visit> toVisit) {
    targets.files().keySet().stream().filter(path -> path.startsWith(prefix)).forEach(paths::add);
    targets.delegations().forEach(delegation -> toVisit.add(new Visit(role, delegation)));
  }

  /** A terminating delegation makes everything that would have come after it irrelevant. */
  private static void follow(RoleName role, List<Delegation> responsible, Deque<Visit> toVisit) {
    if (!responsible.isEmpty() && responsible.get(responsible.size() - 1).terminating()) {
      toVisit.clear();
    }
    for (int i = responsible.size() - 1; i >= 0; i--) {
      toVisit.push(new Visit(role, responsible.get(i)));
    }
  }

  private static RoleName requireRoom(RoleName role, Set<RoleName> visited) throws TufRefusal {
    if (visited.size() >= Limits.ROLES_VISITED) {
      String limit = "at most " + Limits.ROLES_VISITED + " roles";
      throw new TufRefusal(Code.TOO_LONG, role, limit, "more");
    }
    return role;
  }
}
