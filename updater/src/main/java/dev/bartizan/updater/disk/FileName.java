// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.disk;

import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The name of a file below the state directory: one to six plain segments, {@code "tuf/root.json"}.
 *
 * <p>Names that come from outside (roles, targets) are encoded before they become a file name; this
 * type refuses everything that could leave the directory.
 *
 * @param path segments of letters, digits, {@code . _ - % + @}, joined by {@code /}; no segment is
 *     {@code .} or {@code ..}; at most 240 characters
 */
public record FileName(String path) {
  private static final Pattern SEGMENT = Pattern.compile("(?!\\.{1,2}$)[A-Za-z0-9._%+@-]{1,200}");
  private static final int MAX_LENGTH = 240;
  private static final int MAX_SEGMENTS = 6;

  public FileName {
    if (path.length() > MAX_LENGTH) {
      throw new IllegalArgumentException("file name too long: " + path.length() + " characters");
    }
    if (!isPlain(path)) {
      throw new IllegalArgumentException("not a plain file name: " + path);
    }
  }

  /** Whether {@code path} can be a file name here. */
  static boolean isPlain(String path) {
    String[] segments = path.split("/", -1);
    return path.length() <= MAX_LENGTH
        && segments.length <= MAX_SEGMENTS
        && Stream.of(segments).allMatch(segment -> SEGMENT.matcher(segment).matches());
  }

  public static FileName of(String path) {
    return new FileName(path);
  }

  /** The directory part, or the empty string for the state directory itself. */
  public String directory() {
    int slash = path.lastIndexOf('/');
    return slash < 0 ? "" : path.substring(0, slash);
  }

  /** The last segment. */
  public String last() {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /** The same name with {@code suffix} appended to the last segment. */
  public FileName plus(String suffix) {
    return new FileName(path + suffix);
  }

  @Override
  public String toString() {
    return path;
  }
}
