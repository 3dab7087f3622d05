// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.install;

/**
 * Which component. In the journal, in what is signed, and wherever else one text names any of them,
 * the kind is a prefix: this is the only place that knows it.
 *
 * @param name what it is called among its kind
 */
public record ComponentName(ComponentKind kind, String name) implements Comparable<ComponentName> {
  private static final String SOFTWARE = "software/";
  private static final String SUITE = "suite/";
  private static final int MAX_LENGTH = 100;

  public ComponentName {
    OneLine.require("component", prefix(kind) + name, MAX_LENGTH);
    if (kind == ComponentKind.MODEL && parse(name) != ComponentKind.MODEL) {
      throw new IllegalArgumentException(name + ": no model is called so");
    }
  }

  /** The component that a text names. */
  public static ComponentName of(String text) {
    ComponentKind kind = parse(text);
    return new ComponentName(kind, text.substring(prefix(kind).length()));
  }

  public static ComponentName model(String name) {
    return new ComponentName(ComponentKind.MODEL, name);
  }

  public static ComponentName software(String name) {
    return new ComponentName(ComponentKind.SOFTWARE, name);
  }

  public static ComponentName suite(String name) {
    return new ComponentName(ComponentKind.SUITE, name);
  }

  private static ComponentKind parse(String text) {
    if (text.startsWith(SOFTWARE)) {
      return ComponentKind.SOFTWARE;
    }
    return text.startsWith(SUITE) ? ComponentKind.SUITE : ComponentKind.MODEL;
  }

  private static String prefix(ComponentKind kind) {
    return switch (kind) {
      case MODEL -> "";
      case SOFTWARE -> SOFTWARE;
      case SUITE -> SUITE;
    };
  }

  /** As journal, documents and people write it. */
  public String text() {
    return prefix(kind) + name;
  }

  @Override
  public int compareTo(ComponentName other) {
    return text().compareTo(other.text());
  }

  @Override
  public String toString() {
    return text();
  }
}
