// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.delta.encode;

import dev.bartizan.crypto.Digest;
import dev.bartizan.delta.format.KnownContent;
import dev.bartizan.delta.tensor.LocatedTensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds for a tensor of the result what in the base it came from. */
final class Matcher {
  private static final int CANDIDATES_MAX = 256;

  /** Less alike than this is not worth a try. */
  private static final double ALIKE = 0.2;

  /** So much alike, it is needless to look further. */
  private static final double SURELY = 1.5;

  private final KnownContent base;
  private final Map<Digest, LocatedTensor> byContent = new HashMap<>();
  private final Map<String, LocatedTensor> byName = new HashMap<>();
  private final Map<Long, List<LocatedTensor>> byCount = new HashMap<>();

  Matcher(KnownContent base, Layout layout) throws IOException {
    this.base = base;
    for (LocatedTensor tensor : layout.tensors()) {
      byContent.putIfAbsent(hash(base, tensor), tensor);
      byName.putIfAbsent(tensor.name(), tensor);
      byCount.computeIfAbsent(tensor.shape().elements(), any -> new ArrayList<>()).add(tensor);
    }
  }

  /** A tensor of the base with the very same bytes. */
  Optional<LocatedTensor> findSame(KnownContent result, LocatedTensor tensor) throws IOException {
    return Optional.ofNullable(byContent.get(hash(result, tensor)))
        .filter(same -> same.length() == tensor.length());
  }

  /** What the tensor most likely came from; {@link Counterpart#NONE} where nothing is like it. */
  Counterpart counterpart(KnownContent result, LocatedTensor tensor) throws IOException {
    Grid grid = Grid.of(tensor);
    Likeness likeness = new Likeness(base, result, grid);
    Match best = new Match(Counterpart.NONE, ALIKE);
    LocatedTensor named = tensor.name().isEmpty() ? null : byName.get(tensor.name());
    if (named != null) {
      best = best.orAny(closest(likeness, relations(grid, tensor, named)));
    }
    // Where exporters number what has no name, a layer more gives one tensor's name to another.
    if (best.alike() < SURELY) {
      for (LocatedTensor candidate : candidates(tensor)) {
        best = best.orCloser(closest(likeness, relations(grid, tensor, candidate)));
      }
    }
    return best.counterpart();
  }

  private static Match closest(Likeness likeness, List<Counterpart> relations) throws IOException {
    Match closest = new Match(Counterpart.NONE, -1);
    for (Counterpart related : relations) {
      Match one = new Match(related, likeness.of(related));
      closest = closest.counterpart.columns() == 0 ? one : closest.orCloser(one);
    }
    return closest;
  }

  /**
   * @param alike as {@link Likeness} measures it, or what another has to exceed
   */
  private record Match(Counterpart counterpart, double alike) {
    Match orCloser(Match other) {
      return other.alike > Math.max(alike, ALIKE) ? other : this;
    }

    /** However little alike they are: a name says something too. */
    Match orAny(Match other) {
      return new Match(other.counterpart, Math.max(alike, other.alike));
    }
  }

  /** Those that may hold the same elements, first the ones whose name is part of the other's. */
  private List<LocatedTensor> candidates(LocatedTensor tensor) {
    List<LocatedTensor> found = new ArrayList<>();
    List<LocatedTensor> others = new ArrayList<>();
    for (LocatedTensor candidate : byCount.getOrDefault(tensor.shape().elements(), List.of())) {
      (isNamedAlike(candidate.name(), tensor.name()) ? found : others).add(candidate);
    }
    found.addAll(others);
    return found.subList(0, Math.min(CANDIDATES_MAX, found.size()));
  }

  private static boolean isNamedAlike(String one, String other) {
    return !one.isEmpty() && !other.isEmpty() && (one.contains(other) || other.contains(one));
  }

  /** How the elements of two tensors can belong together. */
  private static List<Counterpart> relations(Grid grid, LocatedTensor tensor, LocatedTensor old) {
    Grid from = Grid.of(old);
    List<Long> now = squeezed(tensor);
    List<Long> then = squeezed(old);
    boolean whole = !grid.isCut() && !from.isCut();
    List<Counterpart> relations = new ArrayList<>();
    if (grid.elements() == from.elements()) {
      relations.add(Counterpart.same(grid, from));
    }
    if (whole && now.size() == 2 && now.equals(turned(then))) {
      relations.add(Counterpart.transposed(grid, from));
    }
    if (whole
        && relations.isEmpty()
        && now.size() == then.size()
        && inner(now).equals(inner(then))) {
      relations.add(Counterpart.overlap(grid, from));
    }
    return relations;
  }

  /** The dimensions that say something. */
  private static List<Long> squeezed(LocatedTensor tensor) {
    return tensor.shape().dimensions().stream().filter(size -> size != 1).toList();
  }

  private static List<Long> turned(List<Long> dimensions) {
    return dimensions.size() == 2 ? List.of(dimensions.get(1), dimensions.get(0)) : List.of();
  }

  /**
   * The dimensions behind the first two, which must agree for rows and columns to mean the same.
   */
  private static List<Long> inner(List<Long> dimensions) {
    return dimensions.subList(Math.min(2, dimensions.size()), dimensions.size());
  }

  private static Digest hash(KnownContent content, LocatedTensor tensor) throws IOException {
    MessageDigest sha256 = Digest.sha256();
    byte[] piece = new byte[(int) Math.min(1 << 20, tensor.length())];
    for (long at = tensor.offset(); at < tensor.end(); at += piece.length) {
      ByteBuffer part = ByteBuffer.wrap(piece, 0, (int) Math.min(piece.length, tensor.end() - at));
      content.read(at, part);
      sha256.update(part.flip());
    }
    return Digest.ofValue(sha256.digest());
  }
}
