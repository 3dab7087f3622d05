package dev.bartizan.agent.anchor;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.updater.install.HistoryHead;
import java.nio.ByteBuffer;
import java.util.Map;

/**
 * What the state directory amounts to; zero for a version that is not there.
 *
 * @param root of the metadata, like the next two
 * @param history the end of the update history
 */
record StateMark(long root, long timestamp, long snapshot, HistoryHead history) {
  private static final byte FORM = 1;
  private static final int LENGTH = 1 + 4 * Long.BYTES + Digest.LENGTH;

  static StateMark of(Map<String, Long> versions, HistoryHead history) {
    return new StateMark(
        versions.getOrDefault("root", 0L),
        versions.getOrDefault("timestamp", 0L),
        versions.getOrDefault("snapshot", 0L),
        history);
  }

  /** Newer roots may begin the others anew, as they do after a key was lost. */
  boolean metadataIsOlderThan(StateMark other) {
    return root < other.root
        || (root == other.root && (timestamp < other.timestamp || snapshot < other.snapshot));
  }

  Bytes encode() {
    ByteBuffer out = ByteBuffer.allocate(LENGTH).put(FORM);
    out.putLong(root).putLong(timestamp).putLong(snapshot).putLong(history.entries());
    return Bytes.of(out.put(history.digest().value().toArray()).array());
  }

  /**
   * Reads what {@link #encode} wrote.
   *
   * @throws IllegalArgumentException when it is anything else
   */
  static StateMark decode(Bytes content) {
    ByteBuffer in = ByteBuffer.wrap(content.toArray());
    if (content.length() != LENGTH || in.get() != FORM) {
      throw new IllegalArgumentException("an anchor of another form");
    }
    long root = in.getLong();
    long timestamp = in.getLong();
    long snapshot = in.getLong();
    long entries = in.getLong();
    byte[] digest = new byte[Digest.LENGTH];
    in.get(digest);
    return new StateMark(
        root, timestamp, snapshot, new HistoryHead(entries, Digest.ofValue(digest)));
  }

  @Override
  public String toString() {
    return "versions "
        + root
        + ", "
        + timestamp
        + ", "
        + snapshot
        + " and "
        + history.entries()
        + " steps";
  }
}
