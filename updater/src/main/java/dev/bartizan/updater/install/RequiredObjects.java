// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.install;

import dev.bartizan.crypto.Digest;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The objects in the store that a deployment needs, by the component that needs them. */
public record RequiredObjects(Map<ComponentName, Set<Digest>> byComponent) {
  /** Not known yet. */
  static final RequiredObjects UNKNOWN = new RequiredObjects(Map.of());

  public RequiredObjects {
    byComponent = Collections.unmodifiableMap(new TreeMap<>(byComponent));
  }

  /** What a deployment of one component needs. */
  public static RequiredObjects of(ComponentName component, Set<Digest> objects) {
    return new RequiredObjects(Map.of(component, Set.copyOf(objects)));
  }

  /** These, and what a further component needs. */
  public RequiredObjects and(ComponentName component, Set<Digest> objects) {
    Map<ComponentName, Set<Digest>> all = new TreeMap<>(byComponent);
    all.put(component, Set.copyOf(objects));
    return new RequiredObjects(all);
  }

  /** What {@code component} needs; nothing when it is not among these. */
  public Set<Digest> of(ComponentName component) {
    return byComponent.getOrDefault(component, Set.of());
  }

  /** All of them. */
  public Set<Digest> all() {
    return byComponent.values().stream()
        .flatMap(Collection::stream)
        .collect(Collectors.toUnmodifiableSet());
  }

  boolean isUnknown() {
    return byComponent.isEmpty();
  }
}
