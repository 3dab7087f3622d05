// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.trust;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.updater.documents.TrustedDocuments;
import dev.bartizan.updater.install.HistoryHead;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;

/**
 * What the state directory amounts to; zero for a version, and for a digest, that is not there.
 *
 * @param root version of the metadata's, like the next two
 * @param rootDigest of the root in use
 * @param set digest of the last complete set of metadata
 * @param history the end of the update history
 */
record AnchoredVersions(
    long root, long timestamp, long snapshot, Digest rootDigest, Digest set, HistoryHead history) {
  private static final byte FORM = 2;
  private static final int LENGTH = 1 + 4 * Long.BYTES + 3 * Digest.LENGTH;
  private static final int SHOWN = 12;
  private static final Digest NONE = Digest.ofValue(new byte[Digest.LENGTH]);

  static AnchoredVersions of(TrustedDocuments documents, HistoryHead history) {
    Map<String, Long> versions = documents.versions();
    return new AnchoredVersions(
        versions.getOrDefault("root", 0L),
        versions.getOrDefault("timestamp", 0L),
        versions.getOrDefault("snapshot", 0L),
        documents.rootDigest().orElse(NONE),
        documents.setDigest().orElse(NONE),
        history);
  }

  /**
   * Whether metadata is what {@code other} stands for, or has gone on from there. The same versions
   * with other bytes are neither. Newer roots may begin the others anew, as they do after a key was
   * lost.
   */
  boolean metadataGoesOnFrom(AnchoredVersions other) {
    if (root != other.root) {
      return root > other.root;
    }
    boolean isSame = timestamp == other.timestamp && snapshot == other.snapshot;
    return rootDigest.equals(other.rootDigest)
        && timestamp >= other.timestamp
        && snapshot >= other.snapshot
        && (!isSame || set.equals(other.set));
  }

  Bytes encode() {
    ByteBuffer out = ByteBuffer.allocate(LENGTH).put(FORM);
    out.putLong(root).putLong(timestamp).putLong(snapshot).putLong(history.entries());
    for (Digest digest : List.of(rootDigest, set, history.digest())) {
      out.put(digest.value().toArray());
    }
    return Bytes.of(out.array());
  }

  /**
   * Reads what {@link #encode} wrote.
   *
   * @throws IllegalArgumentException when it is anything else
   */
  static AnchoredVersions decode(Bytes content) {
    ByteBuffer in = ByteBuffer.wrap(content.toArray());
    if (content.length() != LENGTH || in.get() != FORM) {
      throw new IllegalArgumentException("an anchor of another form");
    }
    long root = in.getLong();
    long timestamp = in.getLong();
    long snapshot = in.getLong();
    long entries = in.getLong();
    Digest rootDigest = digest(in);
    Digest set = digest(in);
    return new AnchoredVersions(
        root, timestamp, snapshot, rootDigest, set, new HistoryHead(entries, digest(in)));
  }

  private static Digest digest(ByteBuffer in) {
    byte[] digest = new byte[Digest.LENGTH];
    in.get(digest);
    return Digest.ofValue(digest);
  }

  @Override
  public String toString() {
    return "versions "
        + root
        + ", "
        + timestamp
        + ", "
        + snapshot
        + ", metadata "
        + set.hex().substring(0, SHOWN)
        + " and "
        + history.entries()
        + " steps";
  }
}
