// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.command;

import dev.bartizan.crypto.keystore.Ueid;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Whom a command is for.
 *
 * @param text a device's ueid in its text form, or {@code group:NAME}
 */
public record Audience(String text) {
  private static final String GROUP = "group:";
  private static final Pattern NAME = Pattern.compile("(group:)?[A-Za-z0-9_-]{1,100}");

  public Audience {
    if (!NAME.matcher(text).matches()) {
      throw new IllegalArgumentException("neither a device nor group:NAME: " + text);
    }
  }

  public static Audience device(Ueid ueid) {
    return new Audience(ueid.text());
  }

  public static Audience group(String name) {
    return new Audience(GROUP + name);
  }

  public boolean isGroup() {
    return text.startsWith(GROUP);
  }

  /** The device's ueid or the group's name, without {@code group:}. */
  public String name() {
    return isGroup() ? text.substring(GROUP.length()) : text;
  }

  boolean includes(Ueid device, Set<String> groups) {
    return isGroup() ? groups.contains(name()) : text.equals(device.text());
  }

  @Override
  public String toString() {
    return text;
  }
}
