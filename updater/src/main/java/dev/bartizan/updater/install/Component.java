// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.install;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * One component and the releases of it that matter here.
 *
 * @param active what is served; empty until the first commit
 * @param previous what can be rolled back to, newest first
 * @param rejected what is not tried again unless commanded, newest first; bounded
 */
public record Component(
    ComponentName name,
    Optional<Installed> active,
    List<Installed> previous,
    List<Rejected> rejected) {
  private static final int REJECTED_MAX = 32;

  public Component {
    previous = List.copyOf(previous);
    rejected = List.copyOf(rejected);
  }

  static Component none(ComponentName name) {
    return new Component(name, Optional.empty(), List.of(), List.of());
  }

  public ComponentKind kind() {
    return name.kind();
  }

  /** The release that is active, if any. */
  public Optional<Release> activeRelease() {
    return active.map(Installed::release);
  }

  /** Those that are installed, the active one first. */
  List<Release> releases() {
    return Stream.concat(active.stream(), previous.stream()).map(Installed::release).toList();
  }

  /** Why a release is not wanted here, if so. */
  public Optional<Rejected> findRejected(Release release) {
    return rejected.stream()
        .filter(it -> it.release().manifest().equals(release.manifest()))
        .findFirst();
  }

  /** The kept release with this manifest, active or previous. */
  Optional<Installed> findHeld(Release release) {
    return Stream.concat(active.stream(), previous.stream())
        .filter(it -> isSame(it.release(), release))
        .findFirst();
  }

  Component commit(Installed next, int keep) {
    List<Installed> before =
        Stream.concat(active.stream(), previous.stream())
            .filter(it -> !isSame(it.release(), next.release()))
            .limit(keep)
            .toList();
    List<Rejected> stillRejected =
        rejected.stream().filter(it -> !isSame(it.release(), next.release())).toList();
    return new Component(name, Optional.of(next), before, stillRejected);
  }

  /** The active release was given up behind our back; {@code runs} took its place. */
  Component fallBack(Optional<Release> runs, String reason) {
    Release failed = activeRelease().orElseThrow();
    Optional<Installed> now = runs.flatMap(this::findHeld);
    List<Installed> stillKept =
        previous.stream()
            .filter(it -> now.filter(that -> isSame(that.release(), it.release())).isEmpty())
            .toList();
    return new Component(name, now, stillKept, rejected).reject(failed, reason);
  }

  /** Marks a release that failed; if it is kept as a previous one, it is kept no longer. */
  Component reject(Release release, String reason) {
    List<Rejected> all = new ArrayList<>();
    all.add(new Rejected(release, reason));
    rejected.stream().filter(it -> !isSame(it.release(), release)).forEach(all::add);
    List<Installed> stillKept =
        previous.stream().filter(it -> !isSame(it.release(), release)).toList();
    return new Component(
        name, active, stillKept, all.subList(0, Math.min(all.size(), REJECTED_MAX)));
  }

  private static boolean isSame(Release one, Release other) {
    return one.manifest().equals(other.manifest());
  }
}
