// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.install;

/**
 * What a component is. In the journal, and wherever else one text names any of them, the kind is a
 * prefix of the component's name: this is the only place that knows it.
 */
public enum ComponentKind {
  /** What a device runs for its applications. */
  MODEL(""),
  /** The agent itself, or a part of it. */
  SOFTWARE("software/"),
  /** Says of others which of their releases belong together. */
  SUITE("suite/");

  private final String prefix;

  ComponentKind(String prefix) {
    this.prefix = prefix;
  }

  /** What the component of this name is; no model's name can be taken for another kind's. */
  public static ComponentKind of(String component) {
    if (component.startsWith(SOFTWARE.prefix)) {
      return SOFTWARE;
    }
    return component.startsWith(SUITE.prefix) ? SUITE : MODEL;
  }

  /** What a component of this kind is called among all of them. */
  public String component(String name) {
    return prefix + name;
  }

  /**
   * What it is called among its kind.
   *
   * @throws IllegalArgumentException when it is of another kind
   */
  public String nameOf(String component) {
    if (of(component) != this) {
      throw new IllegalArgumentException(component + " is no " + this);
    }
    return component.substring(prefix.length());
  }
}
