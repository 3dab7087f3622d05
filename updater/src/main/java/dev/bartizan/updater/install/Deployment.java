// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.install;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * An accepted request: one component on its way from one release to another, or a suite of them, of
 * which all arrive or none.
 *
 * @param from what was active when it was accepted, and is active until it is committed; empty for
 *     a first installation
 * @param notAfter give up when activation has not begun by then
 * @param members of a suite, in the order of their names; else empty
 */
public record Deployment(
    String id,
    Kind kind,
    ComponentName component,
    Optional<Release> from,
    Release to,
    Initiator initiator,
    Optional<Instant> notAfter,
    List<SuiteMember> members) {
  /** Which way it goes. */
  public enum Kind {
    /** To a release that may have to be fetched. */
    INSTALL,
    /** Back to one that is still held; the release it leaves is not wanted any more. */
    ROLL_BACK
  }

  public Deployment {
    members = List.copyOf(members);
  }

  /** What it changes. */
  public ComponentKind componentKind() {
    return component.kind();
  }

  /** Whether it changes several components as one. */
  public boolean isSuite() {
    return componentKind() == ComponentKind.SUITE;
  }

  /** What changes, each as a deployment of its own: this, or the members of a suite that move. */
  public List<Deployment> moves() {
    return isSuite()
        ? members.stream().filter(SuiteMember::isMoving).map(this::alone).toList()
        : List.of(this);
  }

  private Deployment alone(SuiteMember member) {
    return new Deployment(
        id, kind, member.component(), member.from(), member.to(), initiator, notAfter, List.of());
  }

  /** Every component whose releases this changes: a suite's own name is one of them. */
  Stream<Deployment> changes() {
    return isSuite() ? Stream.concat(Stream.of(this), moves().stream()) : Stream.of(this);
  }

  /** What a suite is made of from now on; empty for a single component. */
  Map<ComponentName, Release> memberReleases() {
    return members.stream()
        .collect(Collectors.toUnmodifiableMap(SuiteMember::component, SuiteMember::to));
  }

  /** The move of one component, if it moves. */
  public Optional<Deployment> moveOf(ComponentName name) {
    return moves().stream().filter(it -> it.component().equals(name)).findFirst();
  }

  /** The members of a suite on the way to {@code members}. */
  static List<SuiteMember> members(
      Map<ComponentName, Release> members, Function<ComponentName, Optional<Release>> active) {
    return members.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .map(it -> new SuiteMember(it.getKey(), active.apply(it.getKey()), it.getValue()))
        .toList();
  }
}
