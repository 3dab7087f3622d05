// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.tuf;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.updater.tuf.TufRefusal.Code;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * What a responsible role has signed about one file.
 *
 * @param path as it stands in metadata, {@code "models/defects/1.2.0/manifest.json"}; a stranger's
 *     words, so not a path on disk
 * @param length in bytes
 * @param hashes all of which hold
 * @param custom what the role says besides, or a missing node
 */
public record TargetFile(String path, long length, Hashes hashes, JsonNode custom) {

  public TargetFile {
    custom = custom.deepCopy();
  }

  static TargetFile of(String path, Fields entry) throws TufRefusal {
    JsonNode custom =
        entry.has("custom") ? entry.object("custom").node() : MissingNode.getInstance();
    return new TargetFile(path, entry.integer("length", 0), entry.hashes("hashes"), custom);
  }

  /** A copy: JSON trees can be changed, signed words cannot. */
  @Override
  public JsonNode custom() {
    return custom.deepCopy();
  }

  /**
   * The SHA-256 digest of the content.
   *
   * @throws TufRefusal WRONG_TARGET when the role signed another kind of digest only
   */
  public Digest sha256() throws TufRefusal {
    return hashes
        .sha256()
        .orElseThrow(
            () ->
                new TufRefusal(
                    Code.WRONG_TARGET,
                    path,
                    "a sha256 digest",
                    hashes.byAlgorithm().keySet().toString(),
                    null));
  }

  /** The content, once it is found to be what was signed. For files that fit into memory. */
  public Bytes accept(byte[] content) throws TufRefusal {
    ContentCheck check = checking();
    check.update(ByteBuffer.wrap(content));
    check.finish();
    return Bytes.of(content);
  }

  /** A fresh check for content that streams by. */
  public ContentCheck checking() throws TufRefusal {
    return new ContentCheck(path, length, hashes);
  }

  /**
   * Where the file lies below a repository's targets, percent-encoded per segment: {@code
   * "dir/HASH.name"} with consistent snapshots, else {@code "dir/name"}.
   *
   * @throws TufRefusal BAD_NAME when the path is absolute or climbs
   */
  public String urlPath(boolean consistentSnapshot) throws TufRefusal {
    String[] segments = path.split("/", -1);
    for (String segment : segments) {
      if (segment.isEmpty() || segment.equals(".") || segment.equals("..")) {
        throw new TufRefusal(Code.BAD_NAME, path, "a relative path without dots", path, null);
      }
    }
    if (consistentSnapshot) {
      int last = segments.length - 1;
      segments[last] = hashes.prefix().hex() + "." + segments[last];
    }
    return Arrays.stream(segments).map(RoleName::percentEncoded).collect(Collectors.joining("/"));
  }

  /**
   * The path as one harmless file name, different for different paths: percent-encoded, slashes
   * included.
   */
  public String fileName() {
    String encoded = RoleName.percentEncoded(path);
    if (encoded.isEmpty()) {
      return "%";
    }
    return encoded.matches("\\.{1,2}") ? encoded.replace(".", "%2E") : encoded;
  }
}
