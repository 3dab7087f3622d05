// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.install;

import dev.bartizan.crypto.Digest;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What is installed, by component name. */
public record Components(Map<ComponentName, Component> byName) {
  private static final Components NONE = new Components(Map.of());

  public Components {
    byName = Collections.unmodifiableMap(new TreeMap<>(byName));
  }

  static Components none() {
    return NONE;
  }

  public Optional<Component> find(ComponentName name) {
    return Optional.ofNullable(byName.get(name));
  }

  /** The models among them. */
  public List<Component> models() {
    return byName.values().stream().filter(it -> it.kind() == ComponentKind.MODEL).toList();
  }

  /** The suites among them. */
  public List<Component> suites() {
    return byName.values().stream().filter(it -> it.kind() == ComponentKind.SUITE).toList();
  }

  /** The active release of a component. */
  public Optional<Release> active(ComponentName name) {
    return named(name).activeRelease();
  }

  /** Those of some components that are at another release, or not installed, by name. */
  public Map<ComponentName, Release> missing(Map<ComponentName, Release> wanted) {
    Map<ComponentName, Release> missing = new TreeMap<>(wanted);
    missing.entrySet().removeIf(it -> active(it.getKey()).equals(Optional.of(it.getValue())));
    return missing;
  }

  /** Members of a suite's active release that are not what the suite says, by name. */
  public Map<ComponentName, Release> missing(Component suite) {
    return suite.active().map(it -> missing(it.members())).orElse(Map.of());
  }

  /** The releases of a component that are installed, the active one first. */
  public List<Release> releases(ComponentName name) {
    return named(name).releases();
  }

  /** The component, or an empty one of that name. */
  Component named(ComponentName name) {
    return find(name).orElseGet(() -> Component.none(name));
  }

  Components with(Component component) {
    Map<ComponentName, Component> all = new HashMap<>(byName);
    all.put(component.name(), component);
    return new Components(all);
  }

  /** Every object that an active or a previous release needs. */
  public Set<Digest> objects() {
    return byName.values().stream()
        .flatMap(it -> Stream.concat(it.active().stream(), it.previous().stream()))
        .map(Installed::objects)
        .flatMap(Collection::stream)
        .collect(Collectors.toUnmodifiableSet());
  }
}
