// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.tuf;

import dev.bartizan.updater.tuf.TufRefusal.Code;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * The name of a role. Delegators choose names freely ({@code "../x"}, {@code "?"}), so a name is
 * never used as part of a path or URL unless {@link #encoded}.
 *
 * @param value as it stands in metadata; not empty, and short enough to be a file name
 */
public record RoleName(String value) {
  public static final RoleName ROOT = new RoleName("root");
  public static final RoleName TIMESTAMP = new RoleName("timestamp");
  public static final RoleName SNAPSHOT = new RoleName("snapshot");
  public static final RoleName TARGETS = new RoleName("targets");

  private static final HexFormat UPPER_HEX = HexFormat.of().withUpperCase();

  /** A file name holds 200 characters; a version and a suffix have to fit beside this. */
  private static final int ENCODED_MAX = 160;

  public RoleName {
    if (value.isEmpty() || percentEncoded(value).length() > ENCODED_MAX) {
      throw new IllegalArgumentException("a role name of " + value.length() + " characters");
    }
  }

  /**
   * A role that somebody delegates to.
   *
   * @throws TufRefusal BAD_NAME when it is empty, too long, or one of the four top-level names
   */
  static RoleName ofDelegation(RoleName delegator, String value) throws TufRefusal {
    try {
      RoleName name = new RoleName(value);
      if (!name.isTopLevel()) {
        return name;
      }
    } catch (IllegalArgumentException tooLongOrEmpty) {
      throw new TufRefusal(
          Code.BAD_NAME, delegator.value(), "1 to 160 encoded characters", value, tooLongOrEmpty);
    }
    throw new TufRefusal(
        Code.BAD_NAME, delegator, "a delegated role with a name of its own", value);
  }

  boolean isTopLevel() {
    return switch (value) {
      case "root", "timestamp", "snapshot", "targets" -> true;
      default -> false;
    };
  }

  /** Percent-encoded, {@code /} included: one harmless segment of a path or URL. */
  public String encoded() {
    return percentEncoded(value);
  }

  /** How snapshot and timestamp call this role's file: {@code "targets.json"}. */
  String metaPath() {
    return value + ".json";
  }

  /** The file's name in a repository, without a version. */
  public String fileName() {
    return encoded() + ".json";
  }

  /** The file's name in a repository that keeps every version. */
  public String fileName(long version) {
    return version + "." + fileName();
  }

  static String percentEncoded(String text) {
    StringBuilder encoded = new StringBuilder();
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      boolean plain =
          (b >= 'a' && b <= 'z')
              || (b >= 'A' && b <= 'Z')
              || (b >= '0' && b <= '9')
              || b == '-'
              || b == '.'
              || b == '_';
      encoded.append(plain ? String.valueOf((char) b) : "%" + UPPER_HEX.toHexDigits(b));
    }
    return encoded.toString();
  }

  @Override
  public String toString() {
    return value;
  }
}
