// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.author.publish;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.author.keys.AuthorRefusal;
import dev.bartizan.author.keys.AuthorRefusal.Code;
import dev.bartizan.author.keys.KeyRing;
import dev.bartizan.author.keys.MetadataSigning;
import dev.bartizan.author.keys.MetadataSigning.Demand;
import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.updater.tuf.MetadataStore;
import dev.bartizan.updater.tuf.RoleName;
import dev.bartizan.updater.tuf.TrustedTargets;
import dev.bartizan.updater.tuf.TufClient;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A TUF repository and its maintainer. The maintainer is a client of it like every device, with a
 * pinned root of its own: it verifies before it signs, and again after it has published.
 */
public final class Repository {
  private final RepositoryFolder folder;
  private final KeyRing ring;
  private final MetadataStore trusted;
  private final Lifetimes lifetimes;
  private final InstantSource clock;

  /**
   * @param trusted what this maintainer has pinned and seen; outside the served directory
   */
  public Repository(
      RepositoryFolder folder,
      KeyRing ring,
      MetadataStore trusted,
      Lifetimes lifetimes,
      InstantSource clock) {
    this.folder = folder;
    this.ring = ring;
    this.trusted = trusted;
    this.lifetimes = lifetimes;
    this.clock = clock;
  }

  /**
   * Makes keys and an empty repository, and pins its root.
   *
   * @return the root to give to devices
   * @throws AuthorRefusal when there is a repository already
   */
  public Bytes create(RepositoryPlan plan) throws Refusal, IOException {
    if (folder.find("1.root.json", 0).isPresent()) {
      throw new AuthorRefusal(Code.BAD_PLAN, folder.path() + ": holds a repository already");
    }
    if (plan.token().isPresent()) {
      ring.keepIn(plan.token().get());
    }
    MetadataDraft draft = MetadataDraft.first(lifetimes, clock.instant());
    draft.signed(RoleName.ROOT).put("consistent_snapshot", true);
    KeyAssignments keys = new KeyAssignments(draft);
    for (Map.Entry<RoleName, RolePlan> role : plan.roles().entrySet()) {
      RolePlan made = role.getValue();
      keys.assign(
          role.getKey(), ring.generate(role.getKey().value(), made.keys()), made.threshold());
    }
    List<RoleName> all = new ArrayList<>(RepositoryPlan.DELEGATED);
    all.add(RoleName.TARGETS);
    all.forEach(role -> draft.signed(role).withObject("targets"));
    Publication publication = publication(draft);
    Bytes root = publication.sign(RoleName.ROOT);
    publication.signSnapshotOf(all);
    publication.sign(RoleName.TIMESTAMP);
    TufClient.init(trusted, root.toArray());
    release(publication);
    return root;
  }

  /**
   * Lets {@code role} vouch for {@code targets}; one with a path that is known already takes its
   * place. They become visible together.
   *
   * @throws AuthorRefusal BAD_PATH when the role may not speak for a path; MISSING_KEYS
   */
  public void addTargets(RoleName role, List<NewTarget> targets) throws Refusal, IOException {
    MetadataDraft draft = current();
    KeyAssignments keys = new KeyAssignments(draft);
    requireKnown(keys, role);
    for (NewTarget target : targets) {
      if (!keys.covers(role, target.path())) {
        throw new AuthorRefusal(
            Code.BAD_PATH, target.path() + ": the role " + role + " may not vouch for it");
      }
    }
    for (NewTarget target : targets) {
      vouch(draft.signed(role), target, folder.store(target));
    }
    publish(draft, List.of(role));
  }

  /**
   * Lets {@code role} vouch for {@code paths} no longer. Their files stay for who is still reading.
   */
  public void removeTargets(RoleName role, Set<String> paths) throws Refusal, IOException {
    MetadataDraft draft = current();
    requireKnown(new KeyAssignments(draft), role);
    draft.signed(role).withObject("targets").remove(paths);
    publish(draft, List.of(role));
  }

  /** A fresh timestamp: the repository still stands by its snapshot. Needs its online key only. */
  public void renewTimestamp() throws Refusal, IOException {
    renew(RoleName.TIMESTAMP);
  }

  /**
   * Signs what {@code role} says once more, for another term. Root and timestamp need their own
   * keys alone; the others those of snapshot and timestamp as well.
   */
  public void renew(RoleName role) throws Refusal, IOException {
    MetadataDraft draft = current();
    requireKnown(new KeyAssignments(draft), role);
    if (role.equals(RoleName.ROOT) || role.equals(RoleName.TIMESTAMP)) {
      Publication publication = publication(draft);
      publication.sign(role);
      release(publication);
    } else {
      publish(draft, role.equals(RoleName.SNAPSHOT) ? List.of() : List.of(role));
    }
  }

  /**
   * Gives {@code role} new keys and withdraws all old ones. The old ones are not asked to agree,
   * since they may be in a thief's hands; except root's, which no client would follow otherwise.
   */
  public void rotateKeys(RoleName role, RolePlan plan) throws Refusal, IOException {
    MetadataDraft draft = current();
    KeyAssignments keys = new KeyAssignments(draft);
    requireKnown(keys, role);
    Demand rootBefore = keys.demand(RoleName.ROOT);
    keys.assign(role, ring.generate(role.value(), plan.keys()), plan.threshold());
    Publication publication = publication(draft);
    if (RepositoryPlan.TOP_LEVEL.contains(role)) {
      publication.signSnapshotOf(role.equals(RoleName.TARGETS) ? List.of(role) : List.of());
      publication.sign(RoleName.ROOT, List.of(rootBefore, keys.demand(RoleName.ROOT)));
    } else {
      publication.signSnapshotOf(List.of(role, RoleName.TARGETS));
    }
    publication.sign(RoleName.TIMESTAMP);
    release(publication);
  }

  /** What the repository says now, verified from the pinned root, whatever its age. */
  public TrustedTargets trusted() throws Refusal, IOException {
    return TufClient.forMaintainer(trusted, folder).refreshAll();
  }

  private MetadataDraft current() throws Refusal, IOException {
    return MetadataDraft.after(trusted().files(), lifetimes, clock.instant());
  }

  private static void vouch(ObjectNode signed, NewTarget target, RepositoryFolder.Stored stored) {
    ObjectNode entry = signed.withObject("targets").putObject(target.path());
    entry.put("length", stored.length());
    entry.putObject("hashes").put("sha256", stored.sha256().hex());
    if (!target.custom().isEmpty()) {
      entry.set("custom", target.custom());
    }
  }

  private void publish(MetadataDraft draft, List<RoleName> changed) throws Refusal, IOException {
    Publication publication = publication(draft);
    publication.signSnapshotOf(changed);
    publication.sign(RoleName.TIMESTAMP);
    release(publication);
  }

  private Publication publication(MetadataDraft draft) {
    return new Publication(draft, new MetadataSigning(ring));
  }

  /** What no device would accept must not stay unnoticed until the devices say so. */
  private void release(Publication publication) throws Refusal, IOException {
    publication.writeTo(folder);
    trusted();
  }

  private static void requireKnown(KeyAssignments keys, RoleName role) throws AuthorRefusal {
    if (!keys.knows(role)) {
      throw new AuthorRefusal(Code.BAD_PLAN, "no such role: " + role);
    }
  }
}
