// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.release;

import dev.bartizan.crypto.json.Malformed;
import java.util.regex.Pattern;

/**
 * One version of one component: {@code defect 1.1.0}.
 *
 * @param name lower-case letters, digits, {@code . _ -}; starts with a letter; at most 64
 *     characters
 * @param version letters, digits, {@code . + -}; starts with a digit; at most 64 characters
 */
public record ReleaseName(String name, String version) {
  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9._-]{0,63}");
  private static final Pattern VERSION = Pattern.compile("[0-9][A-Za-z0-9.+-]{0,63}");

  public ReleaseName {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException("not a component name: " + shown(name));
    }
    if (!VERSION.matcher(version).matches()) {
      throw new IllegalArgumentException("not a version: " + shown(version));
    }
  }

  /** The same, for names from outside: {@code what} is the document they stand in. */
  public static ReleaseName parse(String name, String version, String what) throws Malformed {
    try {
      return new ReleaseName(name, version);
    } catch (IllegalArgumentException refused) {
      throw new Malformed(what + ": " + refused.getMessage(), refused);
    }
  }

  /** The path of the model's release manifest among the targets. */
  public String modelTarget() {
    return "models/" + name + "/" + version + "/release.json";
  }

  /** The path of the suite's document among the targets: who may release models may say so. */
  public String suiteTarget() {
    return "models/" + name + "/" + version + "/suite.json";
  }

  /** The path of the software's manifest among the targets. */
  public String softwareTarget() {
    return "software/" + name + "/" + version + "/software.json";
  }

  private static String shown(String text) {
    String printable = text.replaceAll("[^\\x20-\\x7e]", "?");
    return printable.length() <= 80 ? printable : printable.substring(0, 80) + "...";
  }

  @Override
  public String toString() {
    return name + " " + version;
  }
}
