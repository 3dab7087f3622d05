// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.author.publish;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.Bytes;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A file that a role is about to vouch for.
 *
 * @param path plain segments, {@code "models/defects/1.2.0/release.json"}
 * @param content the bytes or where they are
 * @param custom what the role says besides; may be empty
 */
public record NewTarget(String path, Content content, ObjectNode custom) {
  /** What needs no encoding anywhere: not in a URL, not on disk, not in a log. */
  private static final Pattern SEGMENT = Pattern.compile("(?!\\.{1,2}$)[A-Za-z0-9._@+=-]{1,120}");

  /** Where the bytes come from. */
  public sealed interface Content {}

  /** Small content. */
  public record InMemory(Bytes bytes) implements Content {}

  /** A file of any size that is copied; it must not change meanwhile. */
  public record CopyOf(Path file) implements Content {}

  /** A file of any size that is moved into the repository: for artifacts made to be published. */
  public record MoveOf(Path file) implements Content {}

  public NewTarget {
    custom = custom.deepCopy();
    for (String segment : path.split("/", -1)) {
      if (!SEGMENT.matcher(segment).matches()) {
        throw new IllegalArgumentException("not a plain target path: " + path);
      }
    }
  }

  public static NewTarget of(String path, byte[] bytes) {
    return new NewTarget(
        path, new InMemory(Bytes.of(bytes)), JsonNodeFactory.instance.objectNode());
  }

  public static NewTarget copyOf(String path, Path file) {
    return new NewTarget(path, new CopyOf(file), JsonNodeFactory.instance.objectNode());
  }

  public static NewTarget moveOf(String path, Path file) {
    return new NewTarget(path, new MoveOf(file), JsonNodeFactory.instance.objectNode());
  }

  /** The same with something said besides. */
  public NewTarget saying(ObjectNode custom) {
    return new NewTarget(path, content, custom);
  }

  /** The file's name in the repository: the digest before the last segment. */
  String storedName(String sha256) {
    List<String> segments = List.of(path.split("/", -1));
    String directory = path.substring(0, path.lastIndexOf('/') + 1);
    return directory + sha256 + "." + segments.get(segments.size() - 1);
  }
}
